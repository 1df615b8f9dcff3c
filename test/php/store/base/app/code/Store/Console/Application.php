<?php
declare(strict_types=1);

namespace Store\Console;

use Store\Framework\Store;
use Throwable;

/** bin/magento. A command that fails says why on standard error and exits with 1. */
final class Application
{
    private const COMMANDS = [
        'app:config:import' => Command\ConfigImport::class,
        'app:config:status' => Command\ConfigStatus::class,
        'cache:flush' => Command\CacheFlush::class,
        'cron:run' => Command\CronRun::class,
        'indexer:reindex' => Command\IndexerReindex::class,
        'maintenance:disable' => Command\MaintenanceDisable::class,
        'maintenance:enable' => Command\MaintenanceEnable::class,
        'maintenance:status' => Command\MaintenanceStatus::class,
        'queue:consumers:start' => Command\QueueConsumersStart::class,
        'setup:db:status' => Command\DatabaseStatus::class,
        'setup:di:compile' => Command\DiCompile::class,
        'setup:static-content:deploy' => Command\StaticContentDeploy::class,
        'setup:upgrade' => Command\SetupUpgrade::class,
    ];

    /** @param string[] $arguments */
    public static function run(Store $store, array $arguments): int
    {
        // What every command of Magento knows, and what changes nothing here.
        $arguments = array_values(array_diff($arguments, ['--no-interaction', '-n', '--no-ansi', '--ansi', '-v', '-vv', '-vvv']));
        $name = array_shift($arguments) ?? 'list';
        if ($name === 'list') {
            echo implode("\n", array_keys(self::COMMANDS)), "\n";
            return 0;
        }
        try {
            $class = self::COMMANDS[$name] ?? throw new UsageException("Command \"$name\" is not defined.");
            return (new $class())->run($store, new Arguments($arguments, $class::options()));
        } catch (Throwable $error) {
            fwrite(STDERR, $error->getMessage() . "\n");
            return 1;
        }
    }
}
