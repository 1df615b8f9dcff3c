<?php
declare(strict_types=1);

namespace Store\Catalog\Setup\Patch\Data;

use PDO;
use Store\Setup\DataPatch;

/** Succeeds, so it is recorded and stays when the next patch fails. */
final class AddSeasonPrices implements DataPatch
{
    public function apply(PDO $database): void
    {
        $database->exec('UPDATE product SET season_price = price * 0.8');
    }
}
