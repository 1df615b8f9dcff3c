<?php
declare(strict_types=1);

require dirname(__DIR__) . '/vendor/autoload.php';

$site = new Site\Site(dirname(__DIR__));
header('X-Release: ' . basename($site->root));
header('Content-Type: text/html; charset=utf-8');
try {
    $path = parse_url($_SERVER['REQUEST_URI'] ?? '/', PHP_URL_PATH);
    if ($path === '/health') {
        http_response_code($site->isConnected() ? 200 : 500);
        header('Cache-Control: no-store');
        echo $site->isConnected() ? 'ok' : 'no database';
    } elseif ($site->isInMaintenance()) {
        http_response_code(503);
        header('Retry-After: 60');
        echo 'The site is under maintenance';
    } else {
        header('Cache-Control: public, max-age=300');
        echo $site->cached('front', fn () => Site\FrontPage::html($site));
    }
} catch (Throwable $error) {
    http_response_code(500);
    echo 'The website encountered an unexpected error: ', htmlspecialchars($error->getMessage());
}
