<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Cache;
use Store\Framework\Store;

/** Empties the cache in Redis, and lets Varnish forget its pages. */
final class CacheFlush implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        (new Cache($store))->flush();
        echo "Flushed cache.\n";
        return 0;
    }
}
