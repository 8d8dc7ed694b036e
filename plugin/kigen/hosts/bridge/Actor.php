<?php

namespace Kigen\Bridge;

/**
 * Who is at a page, as kigen is told: signed together with the request, good for a minute and for one use.
 */
final class Actor
{
    /** @var array<string, mixed> */
    private $told;

    /** @param array<string, mixed> $told */
    private function __construct(array $told)
    {
        $this->told = $told;
    }

    public static function client(string $host, int $client, ?int $staff, string $language, string $base): self
    {
        $who = ['who' => 'client:' . $client, 'role' => 'client', 'client' => $client, 'as_staff' => $staff];

        return new self($who + ['language' => $language, 'base' => $base, 'host' => $host]);
    }

    public static function staff(string $host, int $staff, string $language, string $base): self
    {
        $who = ['who' => 'staff:' . $staff, 'role' => 'admin', 'client' => null, 'as_staff' => null];

        return new self($who + ['language' => $language, 'base' => $base, 'host' => $host]);
    }

    public function language(): string
    {
        return (string) $this->told['language'];
    }

    public function base(): string
    {
        return (string) $this->told['base'];
    }

    /**
     * @param string $secret 64 hexadecimal digits, of which the 32 bytes sign
     * @param string $target the path, with `?` and the query where there is one
     *
     * @return array<int, string> the headers of the request
     */
    public function headers(string $secret, string $method, string $target, string $body): array
    {
        $told = $this->told + [
            // The session is known to kigen by a digest alone.
            'session' => hash('sha256', (string) session_id()),
            'at' => time(),
            'nonce' => bin2hex(random_bytes(16)),
        ];
        $json = (string) json_encode($told, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
        $encoded = rtrim(strtr(base64_encode($json), '+/', '-_'), '=');
        $text = implode("\n", [$method, $target, hash('sha256', $body), $encoded]);
        $signature = hash_hmac('sha256', $text, (string) hex2bin($secret));

        return ['Kigen-Actor: ' . $encoded, 'Kigen-Signature: v1=' . $signature];
    }

    /** A language of the host, by any of its names, as kigen has it. */
    public static function languageOf(string $name): string
    {
        return in_array(strtolower(substr($name, 0, 2)), ['ja', 'jp'], true) ? 'ja' : 'en';
    }
}
