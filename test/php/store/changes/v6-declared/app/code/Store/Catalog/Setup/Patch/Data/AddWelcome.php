<?php
declare(strict_types=1);

namespace Store\Catalog\Setup\Patch\Data;

use PDO;
use Store\Setup\DataPatch;

/** A text that only the code from here on shows. */
final class AddWelcome implements DataPatch
{
    public function apply(PDO $database): void
    {
        $database->exec("REPLACE INTO core_config_data (path, value) VALUES ('design/head/welcome', 'Welcome to all')");
    }
}
