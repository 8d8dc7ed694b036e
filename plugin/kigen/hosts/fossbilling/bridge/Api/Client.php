<?php

namespace Box\Mod\Kigen\Api;

use Kigen\Bridge\Fossbilling;
use Kigen\Bridge\Words;

require_once __DIR__ . '/../lib/load.php';

if (!class_exists(__NAMESPACE__ . '\OfThisVersion', false)) {
    class_alias(
        class_exists('FOSSBilling\Api\AbstractApi') ? 'FOSSBilling\Api\AbstractApi' : 'Api_Abstract',
        __NAMESPACE__ . '\OfThisVersion'
    );
}

/**
 * What a theme needs to lead a client to the privacy page.
 */
class Client extends OfThisVersion
{
    /**
     * @param array<string, mixed> $data
     *
     * @return array<string, string> the address of the page, and its words in the client's language
     */
    public function privacy($data = [])
    {
        $words = Words::of(Fossbilling::language());

        return [
            'url' => $this->getDi()['url']->link('kigen'),
            'title' => $words['menu'],
            'text' => $words['card'],
            'open' => $words['open'],
        ];
    }
}
