<?php

namespace Kigen\Bridge;

/**
 * What went wrong, where `kigen doctor` reads it: counts by code, and the events that found no place in the database.
 *
 * Nothing of it throws, prints or waits. No personal data: codes, and events as they would stand in the inbox.
 */
final class Tally
{
    public const COUNTS = 'tally.json';
    public const KEPT = 'kept.ndjson';

    private const MOST_BYTES = 16777216;
    private const MOST_CODES = 100;
    private const TRIES = 5;

    /** @var string */
    private $folder;

    /** @var bool */
    private static $isSaid = false;

    public function __construct(string $folder)
    {
        $this->folder = $folder;
    }

    public function count(string $code): void
    {
        try {
            $code = substr((string) preg_replace('/[^A-Za-z0-9:_-]/', '', $code), 0, 80);
            $done = $this->locked(self::COUNTS, static function ($file) use ($code) {
                $told = json_decode((string) stream_get_contents($file), true);
                if (!is_array($told) || !isset($told['counts']) || !is_array($told['counts'])) {
                    $told = ['counts' => []];
                }
                if (!isset($told['counts'][$code]) && count($told['counts']) >= self::MOST_CODES) {
                    $code = 'other';
                }
                $told['counts'][$code] = (int) ($told['counts'][$code] ?? 0) + 1;
                $told['last'] = gmdate('Y-m-d\TH:i:s\Z');
                $told['first'] = $told['first'] ?? $told['last'];
                rewind($file);
                ftruncate($file, 0);

                return fwrite($file, (string) json_encode($told)) !== false;
            });
            if (!$done) {
                self::say($code);
            }
        } catch (\Throwable $error) {
            self::say($code);
        }
    }

    /** Keeps an event, a line of JSON as `kigen events` reads it; false where there is no room. */
    public function keep(string $line): bool
    {
        try {
            return $this->locked(self::KEPT, static function ($file) use ($line) {
                fseek($file, 0, SEEK_END);

                return ftell($file) + strlen($line) < self::MOST_BYTES && fwrite($file, $line . "\n") !== false;
            });
        } catch (\Throwable $error) {
            return false;
        }
    }

    /**
     * @return array<string, int>
     */
    public function counts(): array
    {
        $file = $this->folder . '/' . self::COUNTS;
        $told = is_readable($file) ? json_decode((string) file_get_contents($file), true) : null;

        return is_array($told) && isset($told['counts']) && is_array($told['counts']) ? $told['counts'] : [];
    }

    private function locked(string $name, callable $work): bool
    {
        $file = @fopen($this->folder . '/' . $name, 'c+b');
        if ($file === false) {
            return false;
        }
        try {
            for ($try = 0; $try < self::TRIES; ++$try) {
                if (flock($file, LOCK_EX | LOCK_NB)) {
                    return (bool) $work($file);
                }
                usleep(1000);
            }
        } finally {
            fclose($file);
        }

        return false;
    }

    /** The last resort, once in a request: the log of PHP, which is no page. */
    private static function say(string $code): void
    {
        if (!self::$isSaid && PHP_SAPI !== 'cli') {
            self::$isSaid = true;
            @error_log('kigen: ' . $code . ' could not be counted');
        }
    }
}
