<?php
declare(strict_types=1);

namespace Store\Console;

/** What stands after the name of a command. An option without a value counts as not given, where a value may be given. */
final class Arguments
{
    /** @var string[] */
    public readonly array $words;
    private array $options = [];

    /**
     * @param string[] $arguments
     * @param string[] $allowed options of the command; those that end with `=` take a value
     */
    public function __construct(array $arguments, array $allowed)
    {
        $words = [];
        foreach ($arguments as $argument) {
            if (!preg_match('/^-+([a-z][a-z-]*)(=(.*))?$/', $argument, $parts)) {
                $words[] = $argument;
                continue;
            }
            $takesValue = in_array("$parts[1]=", $allowed, true);
            if (!$takesValue && !in_array($parts[1], $allowed, true)) {
                throw new UsageException("The \"--$parts[1]\" option does not exist.");
            }
            $this->options[$parts[1]] = $takesValue ? ($parts[3] ?? null) : true;
        }
        $this->words = $words;
    }

    public function has(string $option): bool
    {
        return isset($this->options[$option]);
    }

    public function value(string $option, ?string $default = null): ?string
    {
        return $this->options[$option] ?? $default;
    }
}
