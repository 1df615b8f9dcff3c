<?php
declare(strict_types=1);

namespace Store\Catalog\Setup\Patch\Data;

use PDO;
use Store\Setup\DataPatch;

/** The first products. */
final class AddProducts implements DataPatch
{
    private const NAMES = ['Lamp', 'Chair', 'Table', 'Clock', 'Mirror', 'Vase', 'Basket', 'Blanket', 'Shelf', 'Stool', 'Frame', 'Rug'];

    public function apply(PDO $database): void
    {
        $insert = $database->prepare('INSERT INTO product (name, search_name, price, legacy_sku) VALUES (?, ?, ?, ?)');
        foreach (self::NAMES as $number => $name) {
            $insert->execute([$name, strtolower($name), 10 + 5 * $number, sprintf('SKU-%03d', $number + 1)]);
        }
    }
}
