<?php

namespace Kigen\Bridge;

/**
 * What of an event's payload goes on: the keys of the table, each only as the sort of value that it should be.
 *
 * Everything else stays behind, whatever it is called: passwords, cards, tokens, the parameters of modules.
 */
final class Payload
{
    private const LONGEST = 200;
    private const DEEPEST = 3;
    private const MOST_NAMES = 100;

    /**
     * @param array<string, array{0: string, 1: string}> $keys the host's key, the key it goes on under, and the sort
     * @param mixed $told what the host gave: an array, an object, or nothing
     *
     * @return array<string, mixed>
     */
    public static function keep(array $keys, $told): array
    {
        $told = self::flat($told);
        $kept = [];
        foreach ($keys as $key => $wanted) {
            list($name, $sort) = $wanted;
            if (isset($kept[$name])) {
                continue;
            }
            $value = $sort === 'names' ? self::names($told, $key) : self::value($sort, $told[$key] ?? null);
            if ($value !== null) {
                $kept[$name] = $value;
            }
        }

        return $kept;
    }

    /**
     * Hooks of modules wrap what they tell into `params`, among credentials; of either only the table's keys are read.
     *
     * @param mixed $told
     *
     * @return array<mixed>
     */
    private static function flat($told): array
    {
        if (!is_array($told)) {
            return [];
        }

        return isset($told['params']) && is_array($told['params']) ? $told + $told['params'] : $told;
    }

    /**
     * @param mixed $value
     *
     * @return mixed the value as its sort has it; null where it is something else
     */
    private static function value(string $sort, $value)
    {
        switch ($sort) {
            case 'id':
                return self::id($value, 0);
            case 'word':
                return self::text($value, '/^\p{L}[\p{L}\p{M} _-]{0,39}$/u');
            case 'day':
                return self::text($value, '/^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$/');
            case 'flag':
                return is_scalar($value)
                    ? $value === true || in_array(strtolower(trim((string) $value)), ['1', 'on', 'yes', 'true'], true)
                    : null;
        }

        return null;
    }

    /**
     * A number that is no longer than an id: a number of a card, which is given as an id, has no place here.
     *
     * @param mixed $value a number, its digits, or a model with an id
     */
    private static function id($value, int $depth): ?int
    {
        if (is_int($value)) {
            return $value >= 0 && $value <= 999999999999 ? $value : null;
        }
        if (is_string($value)) {
            return preg_match('/^\s{0,9}[0-9]{1,12}\s{0,9}$/', $value) ? (int) trim($value) : null;
        }
        if (is_float($value)) {
            return $value >= 0 && $value < 1e12 && floor($value) === $value ? (int) $value : null;
        }
        if (is_object($value) && $depth < self::DEEPEST && isset($value->id)) {
            return self::id($value->id, $depth + 1);
        }

        return null;
    }

    /**
     * @param mixed $value
     */
    private static function text($value, string $pattern): ?string
    {
        if (!is_string($value) || strlen($value) > self::LONGEST) {
            return null;
        }

        return preg_match($pattern, $value) === 1 ? $value : null;
    }

    /**
     * Which columns changed, where the host sends what stood in them before: their names, never what stood there.
     *
     * @param array<mixed> $told
     *
     * @return array<int, string>|null
     */
    private static function names(array $told, string $before): ?array
    {
        if (!isset($told[$before]) || !is_array($told[$before])) {
            return null;
        }
        $names = [];
        foreach ($told[$before] as $key => $value) {
            $is_name = is_string($key) && preg_match('/^[A-Za-z_]{1,38}[0-9]{0,2}$/', $key);
            if ($is_name && array_key_exists($key, $told) && !self::isSame($value, $told[$key])) {
                $names[] = $key;
            }
        }
        sort($names);

        return array_slice($names, 0, self::MOST_NAMES);
    }

    /**
     * @param mixed $one
     * @param mixed $other
     */
    private static function isSame($one, $other): bool
    {
        $is_plain = (is_scalar($one) || $one === null) && (is_scalar($other) || $other === null);

        return $is_plain ? (string) $one === (string) $other : $one === $other;
    }
}
