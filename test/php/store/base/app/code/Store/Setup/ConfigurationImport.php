<?php
declare(strict_types=1);

namespace Store\Setup;

use Store\Framework\Store;

/** Brings the settings of app/etc/config.php into the database, which remembers a hash of what it has. */
final class ConfigurationImport
{
    private const FLAG = 'config_hash';

    public function __construct(private readonly Store $store)
    {
    }

    public function isPending(): bool
    {
        $database = $this->store->database();
        if (!(new Tables($database))->exists('flag')) {
            return true;
        }
        $query = $database->prepare('SELECT flag_data FROM flag WHERE flag_code = ?');
        $query->execute([self::FLAG]);
        return $query->fetchColumn() !== $this->hash();
    }

    public function run(): void
    {
        $database = $this->store->database();
        $database->beginTransaction();
        $insert = $database->prepare('REPLACE INTO core_config_data (path, value) VALUES (?, ?)');
        foreach ($this->settings() as $path => $value) {
            $insert->execute([$path, $value]);
        }
        $database->prepare('REPLACE INTO flag (flag_code, flag_data) VALUES (?, ?)')->execute([self::FLAG, $this->hash()]);
        $database->commit();
    }

    private function settings(): array
    {
        return $this->store->configuration()['system'] ?? [];
    }

    private function hash(): string
    {
        return hash('sha256', json_encode($this->settings(), JSON_THROW_ON_ERROR));
    }
}
