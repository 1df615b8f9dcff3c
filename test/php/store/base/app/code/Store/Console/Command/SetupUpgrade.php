<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Store;
use Store\Setup\Upgrade;

/** Upgrades the database. Only `--dry-run=1` is a dry run: `--dry-run` alone upgrades, as it does with Magento. */
final class SetupUpgrade implements Command
{
    public static function options(): array
    {
        return ['keep-generated', 'dry-run=', 'safe-mode='];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        $upgrade = new Upgrade($store);
        if ($arguments->value('dry-run')) {
            $upgrade->dryRun();
            return 0;
        }
        $upgrade->run((bool) $arguments->value('safe-mode'));
        if (!$arguments->has('keep-generated')) {
            array_map('unlink', glob($store->path('generated/metadata/*.php')));
            echo "Please run setup:di:compile again.\n";
        }
        echo "The database was upgraded.\n";
        return 0;
    }
}
