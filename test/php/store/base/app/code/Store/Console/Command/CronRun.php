<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Store;

/** Does what is due. Where cron is off, it does nothing and says so by nothing. */
final class CronRun implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        if ((int) $store->environment('cron/enabled', 1) === 0) {
            return 0;
        }
        $store->database()
            ->prepare('INSERT INTO cron_schedule (job_code, status, message) VALUES (?, ?, ?)')
            ->execute(['catalog_prices', 'success', $store->release()]);
        return 0;
    }
}
