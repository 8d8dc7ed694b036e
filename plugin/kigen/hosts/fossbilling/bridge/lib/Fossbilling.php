<?php

namespace Kigen\Bridge;

/**
 * How FOSSBilling is met: its connection, who acts in this request, and its language.
 */
final class Fossbilling
{
    private const FOLDER = __DIR__ . '/..';

    /** Names of events of this sort are worth a look where nobody knows them: the host may have renamed one. */
    private const WORTH_A_LOOK = '/^onAfter(Admin|Client)[A-Za-z]*'
        . '(Client|Order|Invoice|Transaction|Ticket|SignUp|Login)[A-Za-z]*$/';

    /** @var array<string, array<string, array{0: string, 1: string}>>|null */
    private static $events = null;

    /**
     * @param \Box_Event $event
     */
    public static function hear($event, bool $isOfAll): void
    {
        if (!$isOfAll && defined('Box_EventManager::GLOBAL_LISTENER_NAME')) {
            return;
        }
        $name = (string) $event->getName();
        if (self::$events === null) {
            self::$events = require self::FOLDER . '/events.php';
        }
        $tally = Settings::tally(self::FOLDER);
        if (!isset(self::$events[$name])) {
            self::meet($name, $tally);

            return;
        }
        $di = $event->getDi();
        try {
            $payload = Payload::keep(self::$events[$name], $event->getParameters()) + self::actor($di);
        } catch (\Throwable $error) {
            // A payload that cannot be read is an event all the same: without its ids, kigen sets it aside by name.
            $tally->count(Inbox::code($error));
            $payload = [];
        }
        Inbox::write(static function (string $sql, array $values) use ($di) {
            $statement = $di['pdo']->prepare($sql);

            return $statement && $statement->execute($values);
        }, $tally, $name, $payload);
    }

    private static function meet(string $name, Tally $tally): void
    {
        if (preg_match(self::WORTH_A_LOOK, $name) && !isset((require self::FOLDER . '/silent.php')[$name])) {
            $tally->count('unknown:' . $name);
        }
    }

    /**
     * Who acted, from the session alone: nothing is asked of the database.
     *
     * @param \Pimple\Container|null $di
     *
     * @return array<string, mixed>
     */
    private static function actor($di): array
    {
        $staff = self::staffIn($di);
        $client = self::clientIn($di);
        if ($staff !== null) {
            return ['by' => 'staff:' . $staff] + ($client !== null ? ['masquerading' => true] : []);
        }

        return ['by' => $client !== null ? 'client:' . $client : 'system'];
    }

    /**
     * @param \Pimple\Container|null $di
     */
    private static function staffIn($di): ?int
    {
        $admin = $di !== null && self::isSession() ? $di['session']->get('admin') : null;

        return is_array($admin) && isset($admin['id']) ? self::number($admin['id']) : null;
    }

    /**
     * @param \Pimple\Container|null $di
     */
    private static function clientIn($di): ?int
    {
        return $di !== null && self::isSession() ? self::number($di['session']->get('client_id')) : null;
    }

    /** Asking for a session where there is none would start one. */
    private static function isSession(): bool
    {
        return isset($_SESSION);
    }

    /**
     * @param mixed $value
     */
    private static function number($value): ?int
    {
        $text = is_scalar($value) ? (string) $value : '';

        return preg_match('/^[1-9][0-9]{0,11}$/', $text) ? (int) $text : null;
    }

    /**
     * @param \Pimple\Container $di
     */
    public static function client($di): ?Actor
    {
        $client = self::clientIn($di);
        if ($client === null) {
            return null;
        }
        $base = self::path($di['url']->link('kigen'));

        return Actor::client('fossbilling', $client, self::staffIn($di), self::language(), $base);
    }

    /**
     * @param \Pimple\Container $di
     */
    public static function staff($di): ?Actor
    {
        $staff = self::staffIn($di);
        $base = self::path($di['url']->adminLink('kigen'));

        return $staff === null ? null : Actor::staff('fossbilling', $staff, self::language(), $base);
    }

    /** The address of the module without its server: kigen makes links on the same site alone. */
    private static function path(string $link): string
    {
        $found = parse_url($link);
        $path = is_array($found) && isset($found['path']) ? $found['path'] : '/';

        return is_array($found) && isset($found['query']) ? $path . '?' . $found['query'] : rtrim($path, '/') . '/';
    }

    /**
     * The page of the admin area that is asked for, from the address itself: before it looks for a route, FOSSBilling
     * takes its prefix out of the address wherever it stands, and of /admin/kigen/admin/plan only /kigen/plan is left.
     */
    public static function pageOfStaff(string $routed): string
    {
        $asked = isset($_GET['_url']) && is_string($_GET['_url']) ? $_GET['_url'] : ($_SERVER['REQUEST_URI'] ?? '');
        $path = parse_url((string) $asked, PHP_URL_PATH);
        $found = [];
        $pattern = '#^.*?' . preg_quote(defined('ADMIN_PREFIX') ? (string) ADMIN_PREFIX : '/admin', '#')
            . '/kigen(?:/(.*))?$#';

        return is_string($path) && preg_match($pattern, $path, $found) ? (string) ($found[1] ?? '') : $routed;
    }

    public static function language(): string
    {
        foreach (['fb_locale', 'BBLANG'] as $cookie) {
            if (isset($_COOKIE[$cookie]) && is_string($_COOKIE[$cookie])) {
                return Actor::languageOf($_COOKIE[$cookie]);
            }
        }
        $asked = isset($_SERVER['HTTP_ACCEPT_LANGUAGE']) ? (string) $_SERVER['HTTP_ACCEPT_LANGUAGE'] : '';

        return Actor::languageOf($asked !== '' ? $asked : (string) (Settings::of(self::FOLDER)['language'] ?? 'en'));
    }

    /** The page for somebody; where nobody is signed in, the calm message. */
    public static function show(?Actor $actor, string $page): Page
    {
        if ($actor === null) {
            return Page::calm(self::language());
        }
        $method = isset($_SERVER['REQUEST_METHOD']) ? (string) $_SERVER['REQUEST_METHOD'] : 'GET';
        $body = $method === 'POST' ? (string) file_get_contents('php://input') : '';
        $request = Request::of($page, $_GET, $method, $body);

        return Page::show(Settings::of(self::FOLDER), Settings::tally(self::FOLDER), $actor, $request);
    }

    /**
     * @return array<string, mixed> the version and what went wrong, in counts
     */
    public static function status(): array
    {
        return [
            'version' => Settings::version(self::FOLDER),
            'errors' => Settings::tally(self::FOLDER)->counts(),
        ];
    }
}
