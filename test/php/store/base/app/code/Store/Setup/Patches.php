<?php
declare(strict_types=1);

namespace Store\Setup;

use PDO;
use Store\Framework\Modules;
use Throwable;

/** Patches, which are classes in a module's folder Setup/Patch: applied by the order of their names, and each only once. */
final class Patches
{
    public function __construct(private readonly Modules $modules, private readonly PDO $database)
    {
    }

    /** @return string[] classes of the kind `Schema` or `Data` that the database does not have yet */
    public function pending(string $kind): array
    {
        $classes = [];
        foreach ($this->modules->names() as $module) {
            foreach (glob("{$this->modules->folder($module)}/Setup/Patch/$kind/*.php") as $file) {
                $classes[] = str_replace('_', '\\', $module) . "\\Setup\\Patch\\$kind\\" . basename($file, '.php');
            }
        }
        return array_values(array_diff($classes, $this->applied()));
    }

    /** Applies what is pending up to the first that fails; what was applied before it stays. */
    public function apply(string $kind): void
    {
        foreach ($this->pending($kind) as $class) {
            try {
                $kind === 'Data' ? $this->withinTransaction($class) : (new $class())->apply($this->database);
                $this->database->prepare('INSERT INTO patch_list (patch_name) VALUES (?)')->execute([$class]);
            } catch (Throwable $error) {
                throw new SetupException("Unable to apply patch $class. Original exception message: {$error->getMessage()}", 0, $error);
            }
        }
    }

    private function withinTransaction(string $class): void
    {
        $this->database->beginTransaction();
        try {
            (new $class())->apply($this->database);
            $this->database->commit();
        } catch (Throwable $error) {
            if ($this->database->inTransaction()) {
                $this->database->rollBack();
            }
            throw $error;
        }
    }

    private function applied(): array
    {
        $exists = (new Tables($this->database))->exists('patch_list');
        return $exists ? $this->database->query('SELECT patch_name FROM patch_list')->fetchAll(PDO::FETCH_COLUMN) : [];
    }
}
