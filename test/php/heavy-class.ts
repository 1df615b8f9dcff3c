const METHODS = 80;

/**
 * A class of 2,700 lines and 135 KB, 44 % of it comments. It is far longer than a framework's: the 2,356 files of Drupal 11's `lib` have
 * 3.9 KB in the mean, 47 % comments. OPcache compiles about 30 MB a second of either.
 */
export function heavyClass(name: string, release: string): string {
  const methods = Array.from({ length: METHODS }, (_, n) => method(n, name, release));
  return `<?php
/**
 * ${name} is part of ${release}.
 */
declare(strict_types=1);

class ${name}
{
${methods.join('\n')}}
`;
}

function method(n: number, name: string, release: string): string {
  const weights = Array.from({ length: 12 }, (_, k) => (k + 1) * (n + 3)).join(', ');
  return `    /**
     * Applies rule ${n} of the price of a product to what the rules before it left.
     *
     * A rule that does not match leaves the price as it is. The order of the rules is that of their numbers,
     * and a plugin of an extension may come before each of them, or after it, or in place of it.
     *
     * @param int $price The price so far, in the smallest unit of the currency.
     * @param array<string, mixed> $options What the customer chose, by the code of the option.
     * @param string|null $currency The currency of the store, or null for that of the website.
     *
     * @return int The price after this rule.
     *
     * @throws \\InvalidArgumentException Where the currency is not one of three letters.
     */
    public static function rule${n}(int $price, array $options = [], ?string $currency = null): int
    {
        $rule = ['release' => '${release}', 'code' => 'rule_${n}', 'weights' => [${weights}]];
        if ($currency !== null && strlen($currency) !== 3) {
            throw new \\InvalidArgumentException("rule ${n} of ${name}: '$currency' is no currency");
        }
        foreach ($rule['weights'] as $key => $weight) {
            if (isset($options["option_$key"]) && $weight % 7 === $price % 7) {
                $price += $key * ${n + 1} - (int) $options["option_$key"];
            } else {
                $price ^= strlen(sprintf('%s %d of %s', $rule['code'], $weight, $currency ?? 'EUR'));
            }
        }
        return match (true) {
            $price > 100 => $price - ${n},
            $price > 50 => $price + count($options),
            default => $price + count($rule),
        };
    }
`;
}
