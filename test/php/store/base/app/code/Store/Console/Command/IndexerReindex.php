<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Store;

/** Counts anew what the pages show. */
final class IndexerReindex implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        $store->database()->exec('UPDATE product SET search_name = LOWER(name)');
        echo "Product index has been rebuilt successfully.\n";
        return 0;
    }
}
