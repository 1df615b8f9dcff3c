<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Cache;
use Store\Framework\Store;
use Store\Setup\ConfigurationImport;

/** Brings the settings of app/etc/config.php into the database. */
final class ConfigImport implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        $import = new ConfigurationImport($store);
        if (!$import->isPending()) {
            echo "Nothing to import.\n";
            return 0;
        }
        $import->run();
        (new Cache($store))->flush();
        echo "Settings were imported.\n";
        return 0;
    }
}
