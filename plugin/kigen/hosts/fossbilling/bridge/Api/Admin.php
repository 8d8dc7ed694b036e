<?php

namespace Box\Mod\Kigen\Api;

use Kigen\Bridge\Fossbilling;

require_once __DIR__ . '/../lib/load.php';

if (!class_exists(__NAMESPACE__ . '\OfThisVersion', false)) {
    class_alias(
        class_exists('FOSSBilling\Api\AbstractApi') ? 'FOSSBilling\Api\AbstractApi' : 'Api_Abstract',
        __NAMESPACE__ . '\OfThisVersion'
    );
}

/**
 * What staff's programs may ask of the module itself; everything else is a page of kigen, or `kigen` on the server.
 */
class Admin extends OfThisVersion
{
    /**
     * @param array<string, mixed> $data
     *
     * @return array<string, mixed> the version that was installed, and counts of what went wrong
     */
    public function status($data = [])
    {
        $this->getDi()['mod_service']('Staff')->checkPermissionsAndThrowException('kigen', 'view');

        return Fossbilling::status();
    }
}
