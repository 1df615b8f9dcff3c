<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Store;
use Store\Setup\ConfigurationImport;

/** Exits with 2 where settings are to be imported, and changes nothing. */
final class ConfigStatus implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        if (!$store->isInstalled()) {
            echo "The store is not installed: app/etc/env.php has no install/date.\n";
            return 1;
        }
        if ((new ConfigurationImport($store))->isPending()) {
            echo "Config files have changed. Run app:config:import or setup:upgrade command to synchronize configuration.\n";
            return 2;
        }
        echo "Config files are up to date.\n";
        return 0;
    }
}
