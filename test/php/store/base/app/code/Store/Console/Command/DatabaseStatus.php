<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Store;
use Store\Setup\Upgrade;

/** Exits with 2 where the database is to be upgraded, with 1 where nothing can be said, and changes nothing. */
final class DatabaseStatus implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        if (!$store->isInstalled()) {
            echo "No information is available: the store is not installed.\n";
            return 1;
        }
        $messages = (new Upgrade($store))->messages();
        if ($messages === []) {
            echo "All modules are up to date.\n";
            return 0;
        }
        echo implode("\n", $messages), "\nRun 'setup:upgrade' to update your DB schema and data.\n";
        return 2;
    }
}
