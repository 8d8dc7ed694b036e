<?php

namespace Kigen\Bridge;

/**
 * How an event is written down: one row in kigen's inbox, on the host's own connection, and never a word to the host.
 */
final class Inbox
{
    public const SQL = 'INSERT INTO kigen_inbox (host_event, at, payload, received_at) VALUES (?, ?, ?, ?)';

    /** Seconds in which the same event of one request is one that a listener was called twice for. */
    private const AT_ONCE = 0.5;

    private const MOST_REMEMBERED = 500;

    /** @var array<string, float> */
    private static $written = [];

    /**
     * @param callable(string, array<int, string>): mixed $insert runs a statement with its values on the host's
     *        connection; what it throws, or a plain false, is a failure
     * @param array<string, mixed> $payload
     */
    public static function write(callable $insert, Tally $tally, string $name, array $payload): void
    {
        $line = null;
        try {
            $now = new \DateTimeImmutable('now', new \DateTimeZone('UTC'));
            // Escaped, it is ASCII: connections of hosts have character sets in which not every name can be written.
            $text = (string) json_encode((object) $payload, JSON_INVALID_UTF8_SUBSTITUTE);
            if (self::isRepeated($name . $text, (float) $now->format('U.u'))) {
                return;
            }
            $at = $now->format('Y-m-d H:i:s.u');
            $line = '{"host_event":"' . $name . '","at":"' . str_replace(' ', 'T', $at) . '+00:00","payload":' . $text
                . '}';
            if ($insert(self::SQL, [$name, $at, $text, $at]) === false) {
                throw new \RuntimeException('refused');
            }
        } catch (\Throwable $error) {
            $tally->count(self::code($error));
            if ($line === null || !$tally->keep($line)) {
                $tally->count('lost');
            }
        }
    }

    private static function isRepeated(string $what, float $at): bool
    {
        $key = md5($what);
        $is_repeated = isset(self::$written[$key]) && abs($at - self::$written[$key]) < self::AT_ONCE;
        if (count(self::$written) >= self::MOST_REMEMBERED) {
            self::$written = [];
        }
        self::$written[$key] = $at;

        return $is_repeated;
    }

    /** What went wrong, as a code: the message of a database may hold what was to be written. */
    public static function code(\Throwable $error): string
    {
        for ($one = $error; $one !== null; $one = $one->getPrevious()) {
            if ($one instanceof \PDOException && isset($one->errorInfo[1])) {
                return 'database-' . (int) $one->errorInfo[1];
            }
        }
        $parts = explode('\\', get_class($error));

        return 'failed-' . preg_replace('/[^A-Za-z]/', '', (string) end($parts));
    }
}
