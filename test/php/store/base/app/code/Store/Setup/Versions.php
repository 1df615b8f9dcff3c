<?php
declare(strict_types=1);

namespace Store\Setup;

use PDO;
use Store\Framework\Modules;

/** The versions of modules in the database against those in the code. */
final class Versions
{
    public function __construct(private readonly Modules $modules, private readonly PDO $database)
    {
    }

    /** @return string[] a line for each module whose version in the database is too low or too high */
    public function errors(): array
    {
        $errors = [];
        $recorded = $this->recorded();
        foreach ($this->modules->names() as $module) {
            $required = $this->modules->setupVersion($module);
            foreach (['schema', 'data'] as $type) {
                $current = $recorded[$module]["{$type}_version"] ?? 'none';
                if ($current !== $required) {
                    $errors[] = "$module $type: current version - $current, required version - $required";
                }
            }
        }
        return $errors;
    }

    /** Records that the database has what the code needs; a version that is higher stays. */
    public function record(string $type): void
    {
        $recorded = $this->recorded();
        foreach ($this->modules->names() as $module) {
            $version = $this->modules->setupVersion($module);
            if (version_compare($recorded[$module]["{$type}_version"] ?? '0', $version, '>=')) {
                continue;
            }
            $this->database
                ->prepare("INSERT INTO setup_module (module, {$type}_version) VALUES (?, ?) ON DUPLICATE KEY UPDATE {$type}_version = ?")
                ->execute([$module, $version, $version]);
        }
    }

    private function recorded(): array
    {
        if (!(new Tables($this->database))->exists('setup_module')) {
            return [];
        }
        $rows = $this->database->query('SELECT module, schema_version, data_version FROM setup_module')->fetchAll(PDO::FETCH_ASSOC);
        return array_column($rows, null, 'module');
    }
}
