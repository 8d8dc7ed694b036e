<?php

/**
 * Asks the bridge for a page as the platform's own pages do: one JSON on standard input, one on standard output.
 *
 * Argument: the folder of the bridge. A redirect and a download end the process, as they end the platform's page.
 */

require $argv[1] . '/lib/load.php';

use Kigen\Bridge\Actor;
use Kigen\Bridge\Page;
use Kigen\Bridge\Request;
use Kigen\Bridge\Settings;

$asked = json_decode((string) stream_get_contents(STDIN), true);
$actor = $asked['client'] === null
    ? Actor::staff('whmcs', 3, $asked['language'], 'addonmodules.php?module=kigen&page=')
    : Actor::client('whmcs', $asked['client'], $asked['staff'], $asked['language'], 'index.php?m=kigen&page=');
$request = Request::of($asked['page'], $asked['query'], $asked['method'], $asked['body']);
$began = microtime(true);
$page = Page::show(Settings::of($argv[1]), Settings::tally($argv[1]), $actor, $request);
echo json_encode([
    'title' => $page->title,
    'html' => $page->html,
    'isThere' => $page->isThere,
    'seconds' => microtime(true) - $began,
]);
