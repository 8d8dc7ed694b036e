<?php

/**
 * A portal's requests with and without the bridge, taken in turns: each reads and writes a client as a profile page does.
 *
 * Arguments: the bridge's folder, the socket of the database, its name, and how many requests of either sort. Says the
 * milliseconds of each, and of loading the bridge, which every page does.
 */

namespace WHMCS\Database {
    class Capsule
    {
        public static $pdo;

        public static function connection(): self
        {
            return new self();
        }

        public function insert(string $query, array $bindings = []): bool
        {
            return self::$pdo->prepare($query)->execute($bindings);
        }
    }
}

namespace {
    [, $folder, $socket, $name, $requests] = $argv;
    $hooks = [];
    define('WHMCS', true);

    function add_hook(string $name, int $priority, callable $function): void
    {
        global $hooks;
        $hooks[$name] = $function;
    }

    $began = hrtime(true);
    require $folder . '/hooks.php';
    $loading = (hrtime(true) - $began) / 1e6;

    $pdo = new PDO("mysql:unix_socket=$socket;dbname=$name", 'root', '', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    WHMCS\Database\Capsule::$pdo = $pdo;
    $_SESSION = ['uid' => 1];
    $took = ['without' => [], 'with' => []];
    for ($turn = 0; $turn < 2 * (int) $requests; ++$turn) {
        $sort = $turn % 2 ? 'with' : 'without';
        $began = hrtime(true);
        $pdo->query('SELECT * FROM tblclients WHERE id = 1')->fetchAll();
        $pdo->query('SELECT * FROM tblorders WHERE userid = 1')->fetchAll();
        $pdo->prepare('UPDATE tblclients SET city = ? WHERE id = 1')->execute(['Osaka ' . $turn]);
        if ($sort === 'with') {
            $hooks['ClientEdit'](['userid' => 1, 'city' => "Osaka $turn", 'olddata' => ['city' => 'Nara'],
                'status' => 'Active', 'groupid' => $turn]);
        }
        $took[$sort][] = (hrtime(true) - $began) / 1e6;
    }
    echo json_encode(['loading' => $loading, 'took' => $took]);
}
