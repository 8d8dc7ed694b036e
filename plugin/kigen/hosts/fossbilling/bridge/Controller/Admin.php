<?php

namespace Box\Mod\Kigen\Controller;

use FOSSBilling\InjectionAwareInterface;
use Kigen\Bridge\Fossbilling;

require_once __DIR__ . '/../lib/load.php';

/**
 * The pages of kigen in the admin area, for staff with the permission, and their place in the menu.
 */
class Admin implements InjectionAwareInterface
{
    private const PAGE = ['page' => '[A-Za-z0-9/_.:-]+'];

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

    /**
     * @return array<string, array<int, array<string, mixed>>>
     */
    public function fetchNavigation(): array
    {
        return [
            'subpages' => [
                [
                    'location' => 'system',
                    'index' => 900,
                    'label' => 'kigen',
                    'uri' => $this->di['url']->adminLink('kigen'),
                    'class' => '',
                ],
            ],
        ];
    }

    public function register(\Box_App &$app): void
    {
        foreach (['get', 'post'] as $method) {
            $app->$method('/kigen', 'show_page', [], static::class);
            $app->$method('/kigen/:page', 'show_page', self::PAGE, static::class);
        }
    }

    /**
     * @param string $page
     *
     * @return string
     */
    public function show_page(\Box_App $app, $page = '')
    {
        $this->di['is_admin_logged'];
        $this->di['mod_service']('Staff')->checkPermissionsAndThrowException('kigen', 'view');
        $asked = Fossbilling::pageOfStaff((string) $page);
        $found = Fossbilling::show(Fossbilling::staff($this->di), $asked);

        return $app->render('mod_kigen_index', ['kigen_title' => $found->title, 'kigen_html' => $found->html]);
    }
}
