<?php
declare(strict_types=1);

namespace Site;

use PDO;

/** One release of the site: its folder, its settings and its database. */
final class Site
{
    private ?PDO $database = null;
    public readonly array $settings;
    private readonly array $databases;

    public function __construct(public readonly string $root)
    {
        $file = "$root/web/sites/default/settings.php";
        $settings = $databases = [];
        if (is_file($file)) {
            // The file is shared by all releases, so it asks $app_root which one this is.
            $app_root = "$root/web";
            require $file;
        }
        [$this->settings, $this->databases] = [$settings, $databases];
    }

    public function database(): PDO
    {
        if ($this->database === null) {
            $settings = $this->databases['default']['default'] ?? throw new \RuntimeException('Bootstrap failed: settings.php names no database.');
            $this->database = new PDO(
                "mysql:host={$settings['host']};port={$settings['port']};dbname={$settings['database']};charset=utf8mb4",
                $settings['username'],
                $settings['password'],
                [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_TIMEOUT => 5],
            );
            $this->install();
        }
        return $this->database;
    }

    public function get(string $collection, string $name, ?string $default = null): ?string
    {
        $query = $this->database()->prepare('SELECT value FROM key_value WHERE collection = ? AND name = ?');
        $query->execute([$collection, $name]);
        $value = $query->fetchColumn();
        return $value === false ? $default : $value;
    }

    public function set(string $collection, string $name, string $value): void
    {
        $this->database()->prepare('REPLACE INTO key_value (collection, name, value) VALUES (?, ?, ?)')->execute([$collection, $name, $value]);
    }

    /** Maintenance is in the database, so it is of all instances. */
    public function isInMaintenance(): bool
    {
        return $this->get('state', 'system.maintenance_mode', '0') === '1';
    }

    /** A setting of a file of config/sync, as it is in the database. */
    public function configuration(string $file, string $key): ?string
    {
        $query = $this->database()->prepare('SELECT data FROM config WHERE name = ?');
        $query->execute([$file]);
        return preg_match("/^$key: \"(.*)\"$/m", (string) $query->fetchColumn(), $parts) ? $parts[1] : null;
    }

    /** A page that is kept, for this release only: the identifier is part of its name. */
    public function cached(string $name, callable $made): string
    {
        $id = "$name:" . ($this->settings['deployment_identifier'] ?? '');
        $query = $this->database()->prepare('SELECT data FROM cache_page WHERE cid = ?');
        $query->execute([$id]);
        $data = $query->fetchColumn();
        if ($data === false) {
            $data = $made();
            $this->database()->prepare('REPLACE INTO cache_page (cid, data) VALUES (?, ?)')->execute([$id, $data]);
        }
        return $data;
    }

    public function rebuildCache(): void
    {
        $this->database()->exec('DELETE FROM cache_page');
    }

    public function isConnected(): bool
    {
        try {
            return $this->database()->query('SELECT 1') !== false;
        } catch (\Throwable) {
            return false;
        }
    }

    /** The tables of an empty site. */
    private function install(): void
    {
        foreach (
            [
                'config (name varchar(255) PRIMARY KEY, data text)',
                'key_value (collection varchar(128), name varchar(128), value text, PRIMARY KEY (collection, name))',
                'cache_page (cid varchar(255) PRIMARY KEY, data mediumtext)',
                'node (nid int AUTO_INCREMENT PRIMARY KEY, title varchar(255) NOT NULL)',
            ] as $table
        ) {
            $this->database->exec("CREATE TABLE IF NOT EXISTS $table");
        }
    }
}
