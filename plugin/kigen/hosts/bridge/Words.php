<?php

namespace Kigen\Bridge;

/**
 * The few words that stand there without kigen: the name of its pages, and what is said while it is away.
 */
final class Words
{
    private const WORDS = [
        'en' => [
            'title' => 'Privacy',
            'down' => 'The privacy page is not available at the moment. Everything else works as usual, and nothing '
                . 'that you asked for is lost.',
            'later' => 'Please try again in a few minutes.',
            'menu' => 'Privacy',
            'card' => 'What is held about you, a copy of it, your consents, and how to have it deleted.',
            'open' => 'Open the privacy page',
        ],
        'ja' => [
            'title' => 'プライバシー',
            'down' => '現在、プライバシーのページを表示できません。ほかの機能は通常どおりご利用いただけます。'
                . 'お申し込み済みのご請求が失われることはありません。',
            'later' => '数分後に、もう一度お試しください。',
            'menu' => 'プライバシー',
            'card' => '保有している情報の確認、その写しの受け取り、同意の管理、削除のご請求ができます。',
            'open' => 'プライバシーのページを開く',
        ],
    ];

    /**
     * @return array<string, string>
     */
    public static function of(string $language): array
    {
        return self::WORDS[$language] ?? self::WORDS['en'];
    }
}
