<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Maintenance;
use Store\Framework\Store;

/** Begins maintenance of this folder on this host. */
final class MaintenanceEnable implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        (new Maintenance($store))->enable();
        echo "Enabled maintenance mode\n";
        return 0;
    }
}
