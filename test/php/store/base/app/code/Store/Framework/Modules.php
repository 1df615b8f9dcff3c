<?php
declare(strict_types=1);

namespace Store\Framework;

/** The modules that app/etc/config.php enables. */
final class Modules
{
    public function __construct(private readonly Store $store)
    {
    }

    /** @return string[] */
    public function names(): array
    {
        return array_keys(array_filter($this->store->configuration()['modules']));
    }

    public function folder(string $module): string
    {
        return $this->store->path('app/code/' . str_replace('_', '/', $module));
    }

    /** A JSON file of the module's folder etc, or nothing where it has no such file. */
    public function read(string $module, string $name): array
    {
        $file = "{$this->folder($module)}/etc/$name.json";
        return is_file($file) ? json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR) : [];
    }

    /** The version that the database is to have. */
    public function setupVersion(string $module): string
    {
        return $this->read($module, 'module')['setup_version'];
    }
}
