<?php

namespace Kigen\Bridge;

/**
 * Which page of kigen a request to the host asks for: its path, query and form, without what belongs to the host.
 */
final class Request
{
    private const HOSTS_OWN = [
        'm', 'module', 'page', 'token', 'CSRFToken', '_url', 'language', 'currency', 'PHPSESSID',
    ];
    private const LONGEST_FORM = 1048576;

    /** @var string */
    public $method;

    /** @var string */
    public $target;

    /** @var string */
    public $body;

    private function __construct(string $method, string $target, string $body)
    {
        $this->method = $method;
        $this->target = $target;
        $this->body = $body;
    }

    /**
     * @param mixed $page the page that is asked for; what is no name of a page is the first one
     * @param array<mixed> $query the host's query
     */
    public static function of($page, array $query, string $method, string $body): self
    {
        $page = is_string($page) ? trim($page, '/') : '';
        if (!preg_match('#^[A-Za-z0-9][A-Za-z0-9/_.:-]{0,200}$#D', $page) || strpos($page, '..') !== false) {
            $page = '';
        }
        $asked = http_build_query(array_diff_key($query, array_flip(self::HOSTS_OWN)), '', '&', PHP_QUERY_RFC3986);
        $is_form = $method === 'POST' && strlen($body) <= self::LONGEST_FORM;

        return new self(
            $is_form ? 'POST' : 'GET',
            '/bridge/' . $page . ($asked === '' ? '' : '?' . $asked),
            $is_form ? self::withoutTokens($body) : ''
        );
    }

    /** A form as it was sent, byte by byte, without the token by which the host knows its own forms. */
    private static function withoutTokens(string $body): string
    {
        $pairs = array_filter(explode('&', $body), static function ($pair) {
            return !in_array(urldecode(explode('=', $pair, 2)[0]), ['token', 'CSRFToken'], true);
        });

        return implode('&', $pairs);
    }
}
