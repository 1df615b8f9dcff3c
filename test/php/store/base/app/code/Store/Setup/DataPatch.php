<?php
declare(strict_types=1);

namespace Store\Setup;

use PDO;

/** A change of data, done once and within a transaction. */
interface DataPatch
{
    public function apply(PDO $database): void;
}
