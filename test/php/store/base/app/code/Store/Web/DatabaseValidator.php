<?php
declare(strict_types=1);

namespace Store\Web;

use RuntimeException;
use Store\Framework\Cache;
use Store\Framework\Modules;
use Store\Framework\Store;
use Store\Setup\ConfigurationImport;
use Store\Setup\Versions;

/**
 * Refuses to serve where the database or the configuration is not that of the code, be it older or newer. The answer is remembered in the
 * cache that all releases share: so it is that of whoever asked first, until the cache is flushed.
 */
final class DatabaseValidator
{
    private const KEY = 'db_is_up_to_date';

    public function __construct(private readonly Store $store)
    {
    }

    public function validate(): void
    {
        $cache = new Cache($this->store);
        if ($cache->load(self::KEY) !== null) {
            return;
        }
        $errors = (new Versions(new Modules($this->store), $this->store->database()))->errors();
        if ($errors !== []) {
            throw new RuntimeException("Please upgrade your database: run bin/magento setup:upgrade.\n" . implode("\n", $errors));
        }
        if ((new ConfigurationImport($this->store))->isPending()) {
            throw new RuntimeException('The configuration file has changed: run bin/magento app:config:import.');
        }
        $cache->save(self::KEY, 'true');
    }
}
