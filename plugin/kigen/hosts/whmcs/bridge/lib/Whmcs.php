<?php

namespace Kigen\Bridge;

/**
 * How WHMCS is met: its connection, who acts in this request, its language, and its menu.
 */
final class Whmcs
{
    private const FOLDER = __DIR__ . '/..';

    /**
     * @param array<string, array{0: string, 1: string}> $keys
     * @param mixed $told what the hook was given
     */
    public static function hear(string $name, array $keys, $told): void
    {
        $tally = Settings::tally(self::FOLDER);
        try {
            $payload = Payload::keep($keys, $told) + self::actor();
        } catch (\Throwable $error) {
            // A payload that cannot be read is an event all the same: without its ids, kigen sets it aside by name.
            $tally->count(Inbox::code($error));
            $payload = [];
        }
        Inbox::write(static function (string $sql, array $values) {
            return \WHMCS\Database\Capsule::connection()->insert($sql, $values);
        }, $tally, $name, $payload);
    }

    /**
     * Who acted, from the session alone: nothing is asked of the database.
     *
     * @return array<string, mixed>
     */
    private static function actor(): array
    {
        $staff = self::inSession('adminid');
        $client = self::inSession('uid');
        if ($staff !== null) {
            return ['by' => 'staff:' . $staff] + ($client !== null ? ['masquerading' => true] : []);
        }

        return ['by' => $client !== null ? 'client:' . $client : 'system'];
    }

    private static function inSession(string $key): ?int
    {
        $value = isset($_SESSION[$key]) && is_scalar($_SESSION[$key]) ? (string) $_SESSION[$key] : '';

        return preg_match('/^[1-9][0-9]{0,11}$/', $value) ? (int) $value : null;
    }

    /** Whether kigen's table is there. */
    public static function isReady(): bool
    {
        try {
            return \WHMCS\Database\Capsule::schema()->hasTable('kigen_inbox');
        } catch (\Throwable $error) {
            return false;
        }
    }

    public static function staff(string $link): ?Actor
    {
        $staff = self::inSession('adminid');

        return $staff === null ? null : Actor::staff('whmcs', $staff, self::adminLanguage(), $link . '&page=');
    }

    /** The client whose account is chosen, as WHMCS says it; staff that act in its place are named beside. */
    public static function client(): ?Actor
    {
        $client = null;
        try {
            $user = new \WHMCS\Authentication\CurrentUser();
            $chosen = $user->client();
            $client = $chosen ? (int) $chosen->id : null;
            $is_staff = (bool) $user->isMasqueradingAdmin();
            $staff = $is_staff ? self::inSession('adminid') : null;
        } catch (\Throwable $error) {
            Settings::tally(self::FOLDER)->count(Inbox::code($error));

            return null;
        }
        // Staff of whom nobody can say who it is must not pass for the client itself.
        if (!$client || ($is_staff && $staff === null)) {
            return null;
        }

        return Actor::client('whmcs', $client, $staff, self::language(), 'index.php?m=kigen&page=');
    }

    public static function language(): string
    {
        return Actor::languageOf(self::word('Language'));
    }

    private static function adminLanguage(): string
    {
        return Actor::languageOf(self::word('adminlang'));
    }

    private static function word(string $key): string
    {
        if (isset($_SESSION[$key]) && is_string($_SESSION[$key])) {
            return $_SESSION[$key];
        }

        return (string) (Settings::of(self::FOLDER)['language'] ?? 'en');
    }

    public static function request(): Request
    {
        $method = isset($_SERVER['REQUEST_METHOD']) ? (string) $_SERVER['REQUEST_METHOD'] : 'GET';
        $body = $method === 'POST' ? (string) file_get_contents('php://input') : '';

        return Request::of($_GET['page'] ?? '', $_GET, $method, $body);
    }

    /**
     * @param mixed $navbar the menu at the top right, which has an entry for the account where somebody is signed in
     */
    public static function link($navbar): void
    {
        $account = is_object($navbar) ? $navbar->getChild('Account') : null;
        if ($account && self::inSession('uid') !== null) {
            $account->addChild('kigen', [
                'label' => Words::of(self::language())['menu'],
                'uri' => 'index.php?m=kigen',
                'order' => 90,
            ]);
        }
    }
}
