<?php
declare(strict_types=1);

namespace Site;

use PDO;

/** The page of the site. */
final class FrontPage
{
    public static function html(Site $site): string
    {
        $titles = $site->database()->query('SELECT title FROM node ORDER BY nid')->fetchAll(PDO::FETCH_COLUMN);
        return '<h1>' . htmlspecialchars($site->configuration('system.site', 'name') ?? 'A site') . "</h1>\n<ul>"
            . implode('', array_map(fn ($title) => '<li>' . htmlspecialchars($title) . '</li>', $titles))
            . "</ul>\n<p>Release " . htmlspecialchars(basename($site->root)) . "</p>\n";
    }
}
