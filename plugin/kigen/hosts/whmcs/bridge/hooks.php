<?php

/**
 * Tells kigen what happens: one callback for each hook that means something, and a link to the privacy page.
 *
 * WHMCS loads this file with every page: it asks no database, opens no connection, prints nothing, and leaves no
 * variable behind in the page that loads it.
 */

use Kigen\Bridge\Whmcs;

if (!defined('WHMCS')) {
    exit;
}

(static function () {
    if (!is_file(__DIR__ . '/lib/load.php') || !is_file(__DIR__ . '/events.php')) {
        return;
    }
    require_once __DIR__ . '/lib/load.php';

    foreach (require __DIR__ . '/events.php' as $name => $keys) {
        // Nothing is returned: with some hooks a word back would change what WHMCS does.
        add_hook($name, 1, static function ($told = null) use ($name, $keys) {
            try {
                Whmcs::hear($name, $keys, $told);
            } catch (\Throwable $error) {
                return;
            }
        });
    }

    add_hook('ClientAreaSecondaryNavbar', 1, static function ($navbar = null) {
        try {
            Whmcs::link($navbar);
        } catch (\Throwable $error) {
            return;
        }
    });
})();
