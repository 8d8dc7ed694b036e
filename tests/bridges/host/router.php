<?php

/**
 * Lets PHP's own server stand for a web server that leads every address to the platform's index.php.
 */

$path = (string) parse_url((string) $_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && substr($path, -4) !== '.php' && is_file(getcwd() . $path)) {
    return false;
}
$_GET['_url'] = $_GET['_url'] ?? $path;
require getcwd() . '/index.php';
