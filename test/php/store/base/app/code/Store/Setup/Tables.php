<?php
declare(strict_types=1);

namespace Store\Setup;

use PDO;

/** What the database has, as opposed to what is declared. */
final class Tables
{
    public function __construct(private readonly PDO $database)
    {
    }

    /** @return string[] names of the columns, none where there is no such table */
    public function columns(string $table): array
    {
        $query = $this->database->prepare(
            'SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position'
        );
        $query->execute([$table]);
        return $query->fetchAll(PDO::FETCH_COLUMN);
    }

    public function exists(string $table): bool
    {
        return $this->columns($table) !== [];
    }

    /** Creates the tables that the setup itself needs. */
    public function createCore(): void
    {
        $this->database->exec(
            'CREATE TABLE IF NOT EXISTS setup_module (module varchar(50) PRIMARY KEY, schema_version varchar(50), data_version varchar(50))'
        );
        $this->database->exec(
            'CREATE TABLE IF NOT EXISTS patch_list (patch_id int AUTO_INCREMENT PRIMARY KEY, patch_name varchar(1024) NOT NULL)'
        );
        $this->database->exec(
            'CREATE TABLE IF NOT EXISTS flag (flag_code varchar(255) PRIMARY KEY, flag_data text, last_update timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)'
        );
    }
}
