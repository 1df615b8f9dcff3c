<?php
declare(strict_types=1);

namespace Store\Console;

use Store\Framework\Store;

/** One command of bin/magento. */
interface Command
{
    /** @return string[] the options it has; those that end with `=` take a value */
    public static function options(): array;

    /** Returns the exit code. */
    public function run(Store $store, Arguments $arguments): int;
}
