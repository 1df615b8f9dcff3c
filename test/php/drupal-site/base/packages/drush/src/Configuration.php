<?php
declare(strict_types=1);

namespace Drush;

use PDO;
use Site\Site;

/** The configuration in config/sync against the one in the database. */
final class Configuration
{
    public function __construct(private readonly Site $site)
    {
    }

    /** @return array<string, array{name: string, state: string}> */
    public function differences(): array
    {
        [$files, $rows] = [$this->files(), $this->rows()];
        $differences = [];
        foreach (array_keys($files + $rows) as $name) {
            $state = match (true) {
                !isset($rows[$name]) => 'Only in sync dir',
                !isset($files[$name]) => 'Only in DB',
                $files[$name] !== $rows[$name] => 'Different',
                default => null,
            };
            if ($state !== null) {
                $differences[$name] = ['name' => $name, 'state' => $state];
            }
        }
        return $differences;
    }

    public function import(): void
    {
        if ($this->differences() === []) {
            Application::say('notice', 'There are no changes to import.');
            return;
        }
        $database = $this->site->database();
        $database->beginTransaction();
        $database->exec('DELETE FROM config');
        foreach ($this->files() as $name => $data) {
            $database->prepare('INSERT INTO config (name, data) VALUES (?, ?)')->execute([$name, $data]);
        }
        $database->commit();
        Application::say('success', 'The configuration was imported successfully.');
    }

    private function files(): array
    {
        $files = [];
        foreach (glob($this->site->root . '/config/sync/*.yml') as $file) {
            $files[basename($file, '.yml')] = file_get_contents($file);
        }
        return $files;
    }

    private function rows(): array
    {
        return $this->site->database()->query('SELECT name, data FROM config')->fetchAll(PDO::FETCH_KEY_PAIR);
    }
}
