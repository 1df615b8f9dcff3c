<?php
declare(strict_types=1);

namespace Store\Framework;

/** The cache that all instances and releases share in Redis, and the pages that Varnish keeps. */
final class Cache
{
    public function __construct(private readonly Store $store)
    {
    }

    public function load(string $key): ?string
    {
        $value = $this->redis()->get($this->named($key));
        return $value === false ? null : $value;
    }

    public function save(string $key, string $value): void
    {
        $this->redis()->set($this->named($key), $value);
    }

    /** Empties the whole database of the cache, also of what others have in it, and lets Varnish forget every page. */
    public function flush(): void
    {
        $this->redis()->flushDB();
        foreach ($this->store->environment('http_cache_hosts', []) as $server) {
            $this->purge($server['host'], (int) ($server['port'] ?? 80));
        }
    }

    private function purge(string $host, int $port): void
    {
        $connection = @fsockopen($host, $port, $code, $message, 5);
        if ($connection === false) {
            $this->store->log('system.log', "Varnish at $host:$port was not purged: $message");
            return;
        }
        fwrite($connection, "PURGE / HTTP/1.1\r\nHost: $host\r\nX-Magento-Tags-Pattern: .*\r\nConnection: close\r\n\r\n");
        stream_get_contents($connection);
        fclose($connection);
    }

    private function redis(): \Redis
    {
        return $this->store->redis('cache/frontend/default/backend_options');
    }

    private function named(string $key): string
    {
        return $this->store->environment('cache/frontend/default/id_prefix', '') . $key;
    }
}
