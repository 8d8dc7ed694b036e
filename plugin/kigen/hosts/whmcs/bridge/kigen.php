<?php

/**
 * The addon module: what WHMCS shows of it, and its two pages, which kigen fills.
 */

use Kigen\Bridge\Page;
use Kigen\Bridge\Settings;
use Kigen\Bridge\Whmcs;

if (!defined('WHMCS')) {
    exit;
}

require_once __DIR__ . '/lib/load.php';

/**
 * @return array<string, mixed>
 */
function kigen_config()
{
    return [
        'name' => 'kigen',
        'description' => 'Privacy and data retention: terms, requests, consents and proof of deletion.',
        'version' => Settings::version(__DIR__),
        'author' => 'kigen',
        'language' => 'english',
        'fields' => [],
    ];
}

/**
 * @return array<string, string>
 */
function kigen_activate()
{
    return Whmcs::isReady()
        ? ['status' => 'success', 'description' => 'kigen hears what happens from now on. Choose below which '
            . 'administrator roles see its pages. / これ以降の出来事が kigen に記録されます。'
            . 'ページを表示できる管理者の役割を下で選択してください。']
        : ['status' => 'error', 'description' => 'The table kigen_inbox is not there. Run "kigen install whmcs" on '
            . 'the server, then activate again. / kigen_inbox テーブルがありません。サーバーで '
            . '「kigen install whmcs」を実行してから、もう一度有効化してください。'];
}

/**
 * Nothing is deleted: what kigen remembers is evidence, and outlives the module.
 *
 * @return array<string, string>
 */
function kigen_deactivate()
{
    return ['status' => 'success', 'description' => 'kigen hears nothing any more; its tables stay as they are. / '
        . 'kigen への記録を停止しました。kigen のテーブルはそのまま残ります。'];
}

/**
 * @param array<string, mixed> $vars
 */
function kigen_upgrade($vars)
{
    // The tables belong to kigen, which brings them up to date itself ("kigen install").
}

/**
 * @param array<string, mixed> $vars
 */
function kigen_output($vars)
{
    $actor = Whmcs::staff(isset($vars['modulelink']) ? (string) $vars['modulelink'] : 'addonmodules.php?module=kigen');
    $page = $actor === null
        ? Page::calm('en')
        : Page::show(Settings::of(__DIR__), Settings::tally(__DIR__), $actor, Whmcs::request());
    if ($page->title !== '') {
        echo '<h2>' . htmlspecialchars($page->title, ENT_QUOTES, 'UTF-8') . '</h2>';
    }
    echo '<div class="kigen">' . $page->html . '</div>';
}

/**
 * @param array<string, mixed> $vars
 *
 * @return array<string, mixed>
 */
function kigen_clientarea($vars)
{
    $actor = Whmcs::client();
    $page = $actor === null
        ? Page::calm(Whmcs::language())
        : Page::show(Settings::of(__DIR__), Settings::tally(__DIR__), $actor, Whmcs::request());
    $title = $page->title !== '' ? $page->title : 'Privacy';

    return [
        'pagetitle' => $title,
        'breadcrumb' => ['index.php?m=kigen' => $title],
        'templatefile' => 'page',
        'requirelogin' => true,
        'vars' => ['kigenHtml' => $page->html],
    ];
}
