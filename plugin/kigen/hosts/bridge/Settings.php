<?php

namespace Kigen\Bridge;

/**
 * What `kigen install` wrote for this bridge: where kigen listens, the secret, the version.
 */
final class Settings
{
    public const FILE = 'config.php';

    /** @var array<string, array<string, mixed>> */
    private static $read = [];

    /**
     * @return array<string, mixed> empty where there is none, or where it cannot be read
     */
    public static function of(string $folder): array
    {
        if (!isset(self::$read[$folder])) {
            $file = $folder . '/' . self::FILE;
            $found = is_readable($file) ? include $file : [];
            self::$read[$folder] = is_array($found) ? $found : [];
        }

        return self::$read[$folder];
    }

    /** The version that was installed; "0" where nothing was. */
    public static function version(string $folder): string
    {
        $settings = self::of($folder);

        return isset($settings['version']) ? (string) $settings['version'] : '0';
    }

    public static function tally(string $folder): Tally
    {
        $settings = self::of($folder);

        return new Tally($folder . '/' . (isset($settings['tally']) ? (string) $settings['tally'] : 'tally'));
    }
}
