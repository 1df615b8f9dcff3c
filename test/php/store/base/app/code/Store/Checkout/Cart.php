<?php
declare(strict_types=1);

namespace Store\Checkout;

use Store\Framework\Store;

/** What a visitor wants to buy: in a session, which is in Redis and which all releases share. */
final class Cart
{
    public function __construct(Store $store)
    {
        $redis = $store->environment('session/redis');
        ini_set('session.save_handler', 'redis');
        ini_set('session.save_path', "tcp://{$redis['host']}:{$redis['port']}?database={$redis['database']}&prefix=sess_");
        ini_set('session.name', 'PHPSESSID');
        ini_set('session.cache_limiter', '');
        ini_set('session.gc_maxlifetime', '86400');
        session_start();
    }

    /** Adds one piece; the caller says which. */
    public function add(int $product): void
    {
        $_SESSION['cart'][$product] = ($_SESSION['cart'][$product] ?? 0) + 1;
    }

    /** @return array<int, int> how many of each product */
    public function lines(): array
    {
        return $_SESSION['cart'] ?? [];
    }
}
