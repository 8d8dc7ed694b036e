<?php

namespace Box\Mod\Kigen;

use FOSSBilling\InjectionAwareInterface;
use Kigen\Bridge\Fossbilling;
use Kigen\Bridge\Listeners;

require_once __DIR__ . '/lib/load.php';

/**
 * The module as FOSSBilling knows it: its listeners, its permission, and the card on the client's dashboard.
 *
 * Every public method whose first parameter is an event is taken for a listener: there are no others.
 */
class ServiceOfAnyVersion implements InjectionAwareInterface
{
    use Listeners;

    /** @var \Pimple\Container|null */
    protected $di = null;

    public function setDi(\Pimple\Container $di): void
    {
        $this->di = $di;
    }

    public function getDi(): ?\Pimple\Container
    {
        return $this->di;
    }

    /** From 0.8 on this one listener gets every event, and those with names step back. */
    public static function onEveryEvent(\Box_Event $event): void
    {
        self::hear($event, true);
    }

    private static function hear(\Box_Event $event, bool $isOfAll): void
    {
        try {
            Fossbilling::hear($event, $isOfAll);
        } catch (\Throwable $error) {
            return;
        }
    }

    /**
     * @return array<string, array<string, string>>
     */
    public function getModulePermissions(): array
    {
        return [
            'view' => [
                'type' => 'bool',
                'display_name' => 'kigen',
                'description' => 'Allows the staff member to see and use the pages of kigen.',
            ],
        ];
    }

    /** The tables belong to kigen, which made them before this module could be seen here. */
    public function install(): bool
    {
        return true;
    }

    /** Nothing is deleted: what kigen remembers is evidence, and outlives the module. */
    public function uninstall(): bool
    {
        return true;
    }

    /**
     * @param array<string, mixed> $manifest
     */
    public function update($manifest): bool
    {
        return true;
    }

    /**
     * @return array<int, array<string, mixed>>
     */
    public function getWidgets(): array
    {
        return [
            ['slot' => 'client.index.dashboard.client.after', 'template' => 'mod_kigen_privacy', 'priority' => 50],
        ];
    }
}

if (interface_exists('FOSSBilling\Interfaces\WidgetProviderInterface')) {
    class Service extends ServiceOfAnyVersion implements \FOSSBilling\Interfaces\WidgetProviderInterface
    {
    }
} else {
    class Service extends ServiceOfAnyVersion
    {
    }
}
