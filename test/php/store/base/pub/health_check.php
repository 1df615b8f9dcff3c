<?php
declare(strict_types=1);

// Answers 200 only where the database and both databases of Redis answer.
require dirname(__DIR__) . '/vendor/autoload.php';

$store = new Store\Framework\Store(dirname(__DIR__));
header('Content-Type: text/plain');
header('Cache-Control: no-store');
header('X-Release: ' . $store->release());
try {
    $store->database()->query('SELECT 1');
    $store->redis('cache/frontend/default/backend_options')->ping();
    $store->redis('session/redis')->ping();
    echo "ok\n";
} catch (Throwable $error) {
    http_response_code(500);
    echo get_class($error), ': ', $error->getMessage(), "\n";
}
