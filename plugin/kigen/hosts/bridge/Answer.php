<?php

namespace Kigen\Bridge;

/**
 * What kigen answered, as it comes in: a page is gathered up to a limit, a download is passed on piece by piece.
 */
final class Answer
{
    private const LONGEST_HEADER = 8192;

    /** @var int */
    public $status = 0;

    /** @var string */
    public $body = '';

    /** @var bool */
    public $isPassedOn = false;

    /** @var array<string, string> */
    private $headers = [];

    /** @var int */
    private $most;

    public function __construct(int $most)
    {
        $this->most = $most;
    }

    /**
     * @param mixed $curl
     */
    public function takeHeader($curl, string $line): int
    {
        $found = [];
        if (preg_match('#^HTTP/\S+ ([0-9]{3})#', $line, $found)) {
            $this->status = (int) $found[1];
            $this->headers = [];
        } elseif (strlen($line) <= self::LONGEST_HEADER && preg_match('/^([A-Za-z-]+):\s*(.*?)\s*$/', $line, $found)) {
            $this->headers[strtolower($found[1])] = $found[2];
        }

        return strlen($line);
    }

    /** How much was taken; less than was given ends the transfer. */
    public function take(string $piece): int
    {
        if (strlen($this->body) + strlen($piece) > $this->most) {
            return 0;
        }
        $this->body .= $piece;

        return strlen($piece);
    }

    public function header(string $name): string
    {
        return $this->headers[$name] ?? '';
    }

    public function isDownload(): bool
    {
        return $this->status === 200 && $this->header('content-disposition') !== '';
    }

    public function isPage(): bool
    {
        return strncmp($this->header('content-type'), 'text/html', 9) === 0;
    }
}
