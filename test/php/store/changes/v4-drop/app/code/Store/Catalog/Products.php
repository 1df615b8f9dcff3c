<?php
declare(strict_types=1);

namespace Store\Catalog;

use PDO;

/** The products of the store. */
final class Products
{
    public const COLUMNS = 'id, name, price, badge';

    public function __construct(private readonly PDO $database)
    {
    }

    public function all(): array
    {
        return $this->database->query('SELECT ' . self::COLUMNS . ' FROM product ORDER BY id')->fetchAll();
    }

    public function find(int $id): ?array
    {
        $query = $this->database->prepare('SELECT ' . self::COLUMNS . ' FROM product WHERE id = ?');
        $query->execute([$id]);
        return $query->fetch() ?: null;
    }

    public function countAdded(int $id): void
    {
        $this->database->prepare('UPDATE product SET added = added + 1 WHERE id = ?')->execute([$id]);
    }
}
