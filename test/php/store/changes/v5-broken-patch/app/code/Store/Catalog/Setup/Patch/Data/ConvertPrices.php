<?php
declare(strict_types=1);

namespace Store\Catalog\Setup\Patch\Data;

use PDO;
use Store\Setup\DataPatch;

/** Changes rows and then fails, as a price that nobody expected would make it. */
final class ConvertPrices implements DataPatch
{
    public function apply(PDO $database): void
    {
        $database->exec('UPDATE product SET price = price + 1000');
        throw new \RuntimeException('product 7 has no season price in its second currency');
    }
}
