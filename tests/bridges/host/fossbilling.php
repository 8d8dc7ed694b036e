<?php

/**
 * Stands in for FOSSBilling: finds the module's listeners as it does, and fires the events of standard input.
 *
 * Arguments: the module's folder, the socket of the database, its name, and 0.7 or 0.8. Where the environment variable
 * KIGEN_FOSSBILLING names a real one, its own class for events is taken.
 */

namespace Pimple {
    if (!class_exists('Pimple\Container')) {
        class Container extends \ArrayObject
        {
        }
    }
}

namespace FOSSBilling {
    interface InjectionAwareInterface
    {
        public function setDi(\Pimple\Container $di): void;

        public function getDi(): ?\Pimple\Container;
    }
}

namespace {
    require __DIR__ . '/platform.php';

    [, $folder, $socket, $name, $version] = $argv;

    class Session
    {
        public function get(string $key)
        {
            return $_SESSION[$key] ?? null;
        }
    }

    $real = getenv('KIGEN_FOSSBILLING') ?: '';
    if ($real !== '') {
        require $real . '/library/Box/Event.php';
    } else {
        class Box_Event
        {
            private $name;
            private $parameters;
            private $di;

            public function __construct($subject, $name, $parameters = [])
            {
                $this->name = $name;
                $this->parameters = $parameters;
            }

            public function setDi(Pimple\Container $di): void
            {
                $this->di = $di;
            }

            public function getDi(): ?Pimple\Container
            {
                return $this->di;
            }

            public function getName()
            {
                return $this->name;
            }

            public function getParameters()
            {
                return $this->parameters;
            }
        }
    }

    if ($version === '0.8') {
        eval('class Box_EventManager { public const GLOBAL_LISTENER_NAME = "onEveryEvent"; }');
        eval('namespace FOSSBilling\Interfaces; interface WidgetProviderInterface
            { public function getWidgets(): array; }');
    } else {
        eval('class Box_EventManager {}');
    }

    ob_start();
    require $folder . '/Service.php';
    $listeners = [];
    foreach ((new ReflectionClass('Box\Mod\Kigen\Service'))->getMethods() as $method) {
        $first = $method->getParameters()[0] ?? null;
        $type = $first && $first->getType() instanceof ReflectionNamedType ? $first->getType()->getName() : '';
        if ($method->isPublic() && $type === 'Box_Event') {
            $listeners[] = $method->getName();
        }
    }
    $di = new Pimple\Container();
    $di['pdo'] = database($socket, $name);
    $di['session'] = new Session();
    $count = 0;
    while (($line = fgets(STDIN)) !== false) {
        $one = json_decode($line, true);
        if (isset($one['sql'])) {
            $di['pdo']->exec($one['sql']);
            continue;
        }
        $_SESSION = $one['session'] ?? [];
        if (empty($one['again'])) {
            nextRequest();
        }
        $event = new Box_Event(null, $one['event'], given($one['params'] ?? null));
        $event->setDi($di);
        $called = array_intersect($listeners, [$one['event'], $version === '0.8' ? 'onEveryEvent' : '']);
        foreach ($called as $listener) {
            call_user_func(['Box\Mod\Kigen\Service', $listener], $event);
            $count++;
        }
    }
    $widgets = (new Box\Mod\Kigen\Service())->getWidgets();
    $isProvider = in_array('FOSSBilling\Interfaces\WidgetProviderInterface', class_implements('Box\Mod\Kigen\Service'), true);
    $printed = ob_get_clean();
    echo json_encode([
        'listeners' => $listeners, 'called' => $count, 'printed' => $printed,
        'widgets' => count($widgets), 'isProvider' => $isProvider,
    ]);
}
