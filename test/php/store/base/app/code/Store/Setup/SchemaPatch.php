<?php
declare(strict_types=1);

namespace Store\Setup;

use PDO;

/** A change of tables that cannot be declared, done once. The database has no transactions for it. */
interface SchemaPatch
{
    public function apply(PDO $database): void;
}
