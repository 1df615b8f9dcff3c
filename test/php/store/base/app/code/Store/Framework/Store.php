<?php
declare(strict_types=1);

namespace Store\Framework;

use PDO;
use Redis;

/** One release of the store: its folder, and what its configuration leads to. */
final class Store
{
    private ?array $environment = null;
    private ?PDO $database = null;
    private array $redis = [];

    public function __construct(public readonly string $root)
    {
    }

    public function path(string $name): string
    {
        return "$this->root/$name";
    }

    /** The folder of the release is named as the release. */
    public function release(): string
    {
        return basename($this->root);
    }

    /** A value of app/etc/env.php, by its path such as `session/redis/host`. */
    public function environment(string $path, mixed $default = null): mixed
    {
        $file = $this->path('app/etc/env.php');
        $this->environment ??= is_file($file) ? require $file : [];
        $value = $this->environment;
        foreach (explode('/', $path) as $key) {
            if (!is_array($value) || !array_key_exists($key, $value)) {
                return $default;
            }
            $value = $value[$key];
        }
        return $value;
    }

    public function isInstalled(): bool
    {
        return $this->environment('install/date') !== null;
    }

    /** app/etc/config.php, which is part of the code. */
    public function configuration(): array
    {
        return require $this->path('app/etc/config.php');
    }

    public function database(): PDO
    {
        if ($this->database === null) {
            $settings = $this->environment('db/connection/default', []);
            [$host, $port] = explode(':', ($settings['host'] ?? '127.0.0.1') . ':3306');
            $this->database = new PDO(
                "mysql:host=$host;port=$port;dbname={$settings['dbname']};charset=utf8mb4",
                $settings['username'],
                $settings['password'],
                [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC, PDO::ATTR_TIMEOUT => 5],
            );
        }
        return $this->database;
    }

    /** The database of Redis that a part of env.php names. */
    public function redis(string $path): Redis
    {
        if (!isset($this->redis[$path])) {
            $settings = $this->environment($path, []);
            $redis = new Redis();
            $redis->connect($settings['host'] ?? $settings['server'] ?? '127.0.0.1', (int) ($settings['port'] ?? 6379), 5);
            $redis->select((int) ($settings['database'] ?? 0));
            $this->redis[$path] = $redis;
        }
        return $this->redis[$path];
    }

    public function log(string $file, string $line): void
    {
        @mkdir($this->path('var/log'), 0775, true);
        @file_put_contents($this->path("var/log/$file"), date('c') . " {$this->release()} $line\n", FILE_APPEND | LOCK_EX);
    }
}
