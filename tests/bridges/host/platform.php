<?php

/**
 * What the stand-ins for both platforms have in common: the database, and values as the events hold them.
 */

ini_set('display_errors', '1');
error_reporting(E_ALL);
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    throw new ErrorException($message, 0, $level, $file, $line);
});

function database(string $socket, string $name): PDO
{
    $pdo = new PDO('mysql:unix_socket=' . $socket . ';dbname=' . $name . ';charset=utf8', 'root', '', [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    ]);
    $pdo->exec("SET time_zone = '+09:00'");

    return $pdo;
}

/** A value of a line: objects, bytes that are no text, and long texts are told by a key. */
function given($value)
{
    if (!is_array($value)) {
        return $value;
    }
    if (array_keys($value) === ['object']) {
        return (object) given($value['object']);
    }
    if (array_keys($value) === ['bytes']) {
        return hex2bin($value['bytes']);
    }
    if (array_keys($value) === ['long']) {
        return str_repeat('4111111111111111 ', $value['long']);
    }

    return array_map('given', $value);
}

/** Each event stands for a request of its own, unless it is said that a listener is called twice in one. */
function nextRequest(): void
{
    if (class_exists('Kigen\Bridge\Inbox', false)) {
        $written = new ReflectionProperty('Kigen\Bridge\Inbox', 'written');
        $written->setAccessible(true);
        $written->setValue(null, []);
    }
}
