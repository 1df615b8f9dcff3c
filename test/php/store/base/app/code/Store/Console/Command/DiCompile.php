<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Modules;
use Store\Framework\Store;

/** Writes what is generated from the code, without a database. */
final class DiCompile implements Command
{
    public static function options(): array
    {
        return [];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        @mkdir($store->path('generated/metadata'), 0775, true);
        $names = (new Modules($store))->names();
        file_put_contents($store->path('generated/metadata/global.php'), '<?php return ' . var_export($names, true) . ";\n");
        echo "Generated code and dependency injection configuration successfully.\n";
        return 0;
    }
}
