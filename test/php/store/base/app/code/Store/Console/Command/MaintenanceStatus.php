<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Maintenance;
use Store\Framework\Store;

/** Tells by its text, never by its exit code, whether there is maintenance. */
final class MaintenanceStatus implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        echo 'Status: maintenance mode is ', (new Maintenance($store))->isOn() ? 'active' : 'not active', "\n";
        return 0;
    }
}
