<?php
declare(strict_types=1);

namespace Store\Setup;

use Store\Framework\Modules;

/** The tables that modules declare in db_schema.json, and the statements that are missing to have them. */
final class DeclaredSchema
{
    public function __construct(private readonly Modules $modules, private readonly Tables $tables)
    {
    }

    /** @return string[] */
    public function statements(): array
    {
        $statements = [];
        foreach ($this->modules->names() as $module) {
            foreach ($this->modules->read($module, 'db_schema') as $table => $declared) {
                $statements = [...$statements, ...$this->statementsOf($table, $declared['columns'])];
            }
            foreach ($this->droppedOf($module) as [$table, $column]) {
                $statements[] = "ALTER TABLE `$table` DROP COLUMN `$column`";
            }
        }
        return $statements;
    }

    /**
     * Columns that the database has, no module declares, and the whitelist of the module allows to drop: those that are in no whitelist
     * are somebody else's, so also those of a release after this one.
     *
     * @return array<array{string, string}>
     */
    public function dropped(): array
    {
        return array_merge(...array_map(fn ($module) => $this->droppedOf($module), $this->modules->names()));
    }

    private function droppedOf(string $module): array
    {
        $declared = $this->modules->read($module, 'db_schema');
        $dropped = [];
        foreach ($this->modules->read($module, 'db_schema_whitelist') as $table => $columns) {
            foreach (array_intersect($columns, $this->tables->columns($table)) as $column) {
                if (!isset($declared[$table]['columns'][$column])) {
                    $dropped[] = [$table, $column];
                }
            }
        }
        return $dropped;
    }

    private function statementsOf(string $table, array $columns): array
    {
        $existing = $this->tables->columns($table);
        if ($existing === []) {
            $lines = array_map(fn ($column, $type) => "`$column` $type", array_keys($columns), $columns);
            return ["CREATE TABLE `$table` (" . implode(', ', $lines) . ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4'];
        }
        $statements = [];
        foreach (array_diff_key($columns, array_flip($existing)) as $column => $type) {
            $statements[] = "ALTER TABLE `$table` ADD COLUMN `$column` $type";
        }
        return $statements;
    }
}
