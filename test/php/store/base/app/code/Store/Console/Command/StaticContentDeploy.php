<?php
declare(strict_types=1);

namespace Store\Console\Command;

use Store\Console\Arguments;
use Store\Console\Command;
use Store\Framework\Store;
use Store\Framework\StaticContent;

/** Writes pub/static for the locales, without a database. */
final class StaticContentDeploy implements Command
{
    public static function options(): array
    {
        return ['f', 'force', 'jobs=', 'content-version=', 'no-html-minify'];
    }

    public function run(Store $store, Arguments $arguments): int
    {
        $version = $arguments->value('content-version') ?? (string) time();
        $count = (new StaticContent($store))->deploy($arguments->words ?: ['en_US'], $version);
        echo "Deployed $count files as version $version.\n";
        return 0;
    }
}
