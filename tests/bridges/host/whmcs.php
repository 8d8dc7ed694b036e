<?php

/**
 * Stands in for WHMCS: loads the module's hooks and fires those that come as lines on standard input.
 *
 * Arguments: the module's folder, the socket of the database, its name.
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
    require __DIR__ . '/platform.php';

    [, $folder, $socket, $name] = $argv;
    $hooks = [];
    define('WHMCS', true);

    function add_hook(string $name, int $priority, callable $function): void
    {
        global $hooks;
        $hooks[$name][] = $function;
    }

    ob_start();
    require $folder . '/hooks.php';
    $queries = 0;
    WHMCS\Database\Capsule::$pdo = database($socket, $name);
    $returned = [];
    $count = 0;
    while (($line = fgets(STDIN)) !== false) {
        $one = json_decode($line, true);
        if (isset($one['sql'])) {
            WHMCS\Database\Capsule::$pdo->exec($one['sql']);
            continue;
        }
        $_SESSION = $one['session'] ?? [];
        if (empty($one['again'])) {
            nextRequest();
        }
        foreach ($hooks[$one['hook']] ?? [] as $function) {
            $back = $function(given($one['vars'] ?? null));
            $count++;
            if ($back !== null) {
                $returned[] = $one['hook'];
            }
        }
    }
    $printed = ob_get_clean();
    echo json_encode(['hooks' => array_keys($hooks), 'called' => $count, 'returned' => $returned, 'printed' => $printed]);
}
