<?php

namespace Kigen\Bridge;

/**
 * How a page of kigen gets into the host's: fetched from server to server with short patience, placed or passed on.
 *
 * Where kigen is down or slow, a calm message stands there instead, and the host's page is as it always is.
 */
final class Page
{
    private const CONNECT_MILLISECONDS = 300;
    private const SECONDS = 3.0;
    private const DOWNLOAD_SECONDS = 3600.0;
    private const MOST_BYTES = 4194304;
    private const PASSED_ON = ['content-type', 'content-disposition', 'content-length', 'cache-control'];

    /** @var string */
    public $title;

    /** @var string */
    public $html;

    /** @var bool */
    public $isThere;

    private function __construct(string $title, string $html, bool $isThere)
    {
        $this->title = $title;
        $this->html = $html;
        $this->isThere = $isThere;
    }

    /**
     * The page to show. A redirect and a download end the request here.
     *
     * @param array<string, mixed> $settings what `kigen install` wrote
     */
    public static function show(array $settings, Tally $tally, Actor $actor, Request $request): self
    {
        $answer = new Answer(self::MOST_BYTES);
        try {
            self::fetch($settings, $actor, $request, $answer);
            if ($answer->isDownload()) {
                self::passOn($answer, '');
                self::end();
            }
            $location = $answer->status === 303 ? $answer->header('location') : '';
            if ($location !== '' && preg_match('#^[A-Za-z0-9._~%?&=+:/-]+$#D', $location)) {
                self::redirect($actor->base(), $location);
            }
            if ($answer->status >= 200 && $answer->status < 600 && $answer->isPage()) {
                return new self(self::title($answer->header('kigen-title')), $answer->body, true);
            }
            $tally->count('page-' . $answer->status);
        } catch (\Throwable $error) {
            $tally->count($error instanceof Unanswered ? $error->getMessage() : Inbox::code($error));
            if ($answer->isPassedOn) {
                // What has been sent of a file is broken off: a page behind it would be a part of the file.
                self::end();
            }
        }

        return self::calm($actor->language());
    }

    /** The title as it came, which is UTF-8 byte by byte; anything else is none. */
    private static function title(string $told): string
    {
        return preg_match('/^[^\x00-\x1f]{0,200}$/u', $told) === 1 ? $told : '';
    }

    public static function calm(string $language): self
    {
        $words = Words::of($language);
        $html = '<div class="alert alert-info" role="status"><p>' . $words['down'] . '</p><p>' . $words['later']
            . '</p></div>';

        return new self($words['title'], $html, false);
    }

    /**
     * @param array<string, mixed> $settings
     */
    private static function fetch(array $settings, Actor $actor, Request $request, Answer $answer): void
    {
        $secret = isset($settings['secret']) ? (string) $settings['secret'] : '';
        $address = isset($settings['address']) ? (string) $settings['address'] : '';
        if (!preg_match('/^[0-9a-f]{64}$/', $secret) || $address === '' || !function_exists('curl_init')) {
            throw new Unanswered('page-unconfigured');
        }
        $headers = $actor->headers($secret, $request->method, $request->target, $request->body);
        $is_socket = strncmp($address, 'unix:', 5) === 0;
        $options = [
            CURLOPT_URL => ($is_socket ? 'http://localhost' : rtrim($address, '/')) . $request->target,
            CURLOPT_HTTPHEADER => array_merge($headers, ['Expect:', 'Accept: text/html']),
            CURLOPT_CONNECTTIMEOUT_MS => self::CONNECT_MILLISECONDS,
            CURLOPT_NOSIGNAL => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROXY => '',
            CURLOPT_HEADERFUNCTION => [$answer, 'takeHeader'],
            CURLOPT_WRITEFUNCTION => static function ($curl, $piece) use ($answer) {
                if ($answer->isDownload()) {
                    self::passOn($answer, $piece);

                    return strlen($piece);
                }

                return $answer->take($piece);
            },
        ];
        if ($is_socket) {
            $options[CURLOPT_UNIX_SOCKET_PATH] = substr($address, 5);
        }
        if ($request->method === 'POST') {
            $options[CURLOPT_POSTFIELDS] = $request->body;
        }
        self::run($options, $answer);
    }

    /**
     * @param array<int, mixed> $options
     */
    private static function run(array $options, Answer $answer): void
    {
        $curl = curl_init();
        $together = curl_multi_init();
        curl_setopt_array($curl, $options);
        curl_multi_add_handle($together, $curl);
        $began = microtime(true);
        do {
            $state = curl_multi_exec($together, $running);
            $patience = $answer->isDownload() ? self::DOWNLOAD_SECONDS : self::SECONDS;
            if ($running && microtime(true) - $began > $patience) {
                throw new Unanswered('page-slow');
            }
            if ($running && curl_multi_select($together, 0.05) === -1) {
                usleep(1000);
            }
        } while ($running && $state === CURLM_OK);
        $told = curl_multi_info_read($together);
        curl_multi_remove_handle($together, $curl);
        if ($state !== CURLM_OK || !is_array($told) || $told['result'] !== CURLE_OK) {
            throw new Unanswered($answer->status ? 'page-broken' : 'page-unreachable');
        }
    }

    private static function passOn(Answer $answer, string $piece): void
    {
        if (!$answer->isPassedOn) {
            $answer->isPassedOn = true;
            while (ob_get_level() > 0) {
                ob_end_clean();
            }
            @set_time_limit(0);
            foreach (self::PASSED_ON as $name) {
                if ($answer->header($name) !== '') {
                    header($name . ': ' . $answer->header($name));
                }
            }
            header('X-Content-Type-Options: nosniff');
        }
        echo $piece;
        flush();
    }

    private static function redirect(string $base, string $location): void
    {
        // Where the base has a query, the page is a part of it, and what follows the page is more of the same.
        $place = strpos($base, '?') === false ? $location : preg_replace('/\?/', '&', $location, 1);
        header('Location: ' . $base . $place, true, 303);
        self::end();
    }

    private static function end(): void
    {
        exit;
    }
}
