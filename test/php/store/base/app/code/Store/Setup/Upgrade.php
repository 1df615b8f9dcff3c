<?php
declare(strict_types=1);

namespace Store\Setup;

use Store\Framework\Cache;
use Store\Framework\Modules;
use Store\Framework\Store;

/** Brings the database to what the code needs: first the schema, then the data, then the configuration. */
final class Upgrade
{
    private readonly Modules $modules;
    private readonly DeclaredSchema $schema;
    private readonly Patches $patches;
    private readonly Versions $versions;

    public function __construct(private readonly Store $store)
    {
        $this->modules = new Modules($store);
        $this->schema = new DeclaredSchema($this->modules, new Tables($store->database()));
        $this->patches = new Patches($this->modules, $store->database());
        $this->versions = new Versions($this->modules, $store->database());
    }

    /** @return string[] what is to be done, and no line where the database is current */
    public function messages(): array
    {
        return [
            ...($this->schema->statements() === [] ? [] : ['Declarative Schema is not up to date']),
            ...($this->patches->pending('Schema') === [] ? [] : ['Schema patches are not up to date']),
            ...($this->patches->pending('Data') === [] ? [] : ['Data patches are not up to date']),
            ...$this->versions->errors(),
        ];
    }

    /** Upgrades for good. */
    public function run(bool $safe): void
    {
        (new Cache($this->store))->flush();
        (new Tables($this->store->database()))->createCore();
        if ($safe) {
            $this->dumpDropped();
        }
        foreach ($this->schema->statements() as $statement) {
            $this->store->database()->exec($statement);
        }
        $this->patches->apply('Schema');
        $this->versions->record('schema');
        $this->patches->apply('Data');
        $this->versions->record('data');
        (new ConfigurationImport($this->store))->run();
        (new Cache($this->store))->flush();
    }

    /** Writes the statements of the declared schema to a file instead; patches are not in it. As with Magento, the cache is flushed all the same. */
    public function dryRun(): void
    {
        (new Cache($this->store))->flush();
        @mkdir($this->store->path('var/log'), 0775, true);
        $text = implode('', array_map(fn ($statement) => "$statement\n\n", $this->schema->statements()));
        file_put_contents($this->store->path('var/log/dry-run-installation.log'), $text);
    }

    private function dumpDropped(): void
    {
        foreach ($this->schema->dropped() as [$table, $column]) {
            @mkdir($this->store->path('var/declarative_dumps_csv'), 0775, true);
            $file = fopen($this->store->path("var/declarative_dumps_csv/{$table}_column_$column.csv"), 'w');
            foreach ($this->store->database()->query("SELECT id, `$column` FROM `$table`") as $row) {
                fputcsv($file, $row);
            }
            fclose($file);
        }
    }
}
