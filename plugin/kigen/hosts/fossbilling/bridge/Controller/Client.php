<?php

namespace Box\Mod\Kigen\Controller;

use FOSSBilling\InjectionAwareInterface;
use Kigen\Bridge\Fossbilling;

require_once __DIR__ . '/../lib/load.php';

/**
 * The privacy page in the client area, for a client that is signed in.
 */
class Client implements InjectionAwareInterface
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
        $this->di['is_client_logged'];
        if (!$this->di['auth']->isClientLoggedIn()) {
            // 0.7 has sent the header that leads to the sign-in, and goes on.
            return '';
        }
        $found = Fossbilling::show(Fossbilling::client($this->di), (string) $page);

        return $app->render('mod_kigen_index', ['kigen_title' => $found->title, 'kigen_html' => $found->html]);
    }
}
