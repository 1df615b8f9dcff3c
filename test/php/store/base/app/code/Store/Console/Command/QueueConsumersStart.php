<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Console\UsageException;
use Store\Framework\Store;

/** Takes messages of a queue for ever, or as many as are asked for, and ends after the one at hand when it is told to. */
final class QueueConsumersStart implements Command
{
    public static function options(): array
    {
        return ['max-messages=', 'single-thread'];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        $queue = $arguments->words[0] ?? throw new UsageException('Not enough arguments (missing: "consumer").');
        $left = (int) $arguments->value('max-messages', '0') ?: PHP_INT_MAX;
        $ended = false;
        pcntl_async_signals(true);
        foreach ([SIGTERM, SIGINT] as $signal) {
            pcntl_signal($signal, function () use (&$ended) {
                $ended = true;
            });
        }
        $store->log("queue-$queue.log", 'started');
        $redis = $store->redis('queue/redis');
        for (; $left > 0 && !$ended; $left -= $taken === [] ? 0 : 1) {
            $taken = $redis->blPop(["queue:$queue"], 1) ?: [];
            if ($taken !== []) {
                $store->log("queue-$queue.log", "took $taken[1]");
            }
        }
        $store->log("queue-$queue.log", 'ended');
        return 0;
    }
}
