<?php

/**
 * Finds kigen's own classes beside this file when one is first used; loads and asks nothing before.
 */

spl_autoload_register(static function ($class) {
    $found = [];
    if (preg_match('/^Kigen\\\\Bridge\\\\([A-Z][A-Za-z]*)$/', $class, $found)) {
        $file = __DIR__ . '/' . $found[1] . '.php';
        if (is_file($file)) {
            require_once $file;
        }
    }
});
