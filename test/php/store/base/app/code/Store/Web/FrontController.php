<?php
declare(strict_types=1);

namespace Store\Web;

use Store\Framework\Maintenance;
use Store\Framework\Store;
use Store\Framework\Version;
use Throwable;

/** Answers every request but those for files. */
final class FrontController
{
    public function __construct(private readonly Store $store)
    {
    }

    public function handle(string $uri): void
    {
        header('X-Release: ' . $this->store->release());
        header('X-Store-Version: ' . Version::TAG);
        if ((new Maintenance($this->store))->isOn()) {
            header('Retry-After: 60');
            $this->plain(503, 'The store is under maintenance');
            return;
        }
        try {
            if (!$this->store->environment('deployment/blue_green/enabled', false)) {
                (new DatabaseValidator($this->store))->validate();
            }
            $this->route(explode('/', trim(parse_url($uri, PHP_URL_PATH) ?: '/', '/')));
        } catch (Throwable $error) {
            $this->store->log('exception.log', $error->getMessage());
            $this->plain(500, 'There has been an error processing your request: ' . $error->getMessage());
        }
    }

    private function route(array $path): void
    {
        $pages = new Pages($this->store);
        match (true) {
            $path === [''] => $pages->home(),
            $path[0] === 'product' && count($path) === 2 => $pages->product((int) $path[1]),
            $path[0] === 'cart' && count($path) === 1 => $pages->cart(),
            $path[0] === 'cart' && $path[1] === 'add' && count($path) === 3 => $pages->addToCart((int) $path[2]),
            default => $this->plain(404, 'There is no such page'),
        };
    }

    private function plain(int $status, string $text): void
    {
        http_response_code($status);
        header('Content-Type: text/plain; charset=utf-8');
        header('Cache-Control: no-store');
        echo $text, "\n";
    }
}
