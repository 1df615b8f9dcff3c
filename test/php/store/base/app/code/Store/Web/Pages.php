<?php
declare(strict_types=1);

namespace Store\Web;

use Store\Catalog\Products;
use Store\Checkout\Cart;
use Store\Framework\StaticContent;
use Store\Framework\Store;

/** The pages of the store. Those that are the same for all visitors may be kept by Varnish. */
final class Pages
{
    private readonly Products $products;

    public function __construct(private readonly Store $store)
    {
        $this->products = new Products($store->database());
    }

    public function home(): void
    {
        $this->cacheable('home cat_p');
        $this->show('home', ['products' => $this->products->all(), 'settings' => $this->settings()]);
    }

    public function product(int $id): void
    {
        $product = $this->products->find($id);
        if ($product === null) {
            http_response_code(404);
        }
        $this->cacheable("cat_p cat_p_$id");
        $this->show('product', ['product' => $product]);
    }

    public function addToCart(int $id): void
    {
        header('Cache-Control: private, no-store');
        if ($this->products->find($id) === null) {
            http_response_code(404);
            return;
        }
        (new Cart($this->store))->add($id);
        $this->products->countAdded($id);
        $this->store->redis('queue/redis')->rPush('queue:cart.added', json_encode(['product' => $id, 'release' => $this->store->release()]));
        header('Location: /cart', true, 302);
    }

    public function cart(): void
    {
        header('Cache-Control: private, no-store');
        $lines = [];
        foreach ((new Cart($this->store))->lines() as $id => $count) {
            $lines[] = ['count' => $count, 'product' => $this->products->find($id)];
        }
        $this->show('cart', ['lines' => $lines]);
    }

    private function settings(): array
    {
        return array_column($this->store->database()->query('SELECT path, value FROM core_config_data')->fetchAll(), 'value', 'path');
    }

    private function cacheable(string $tags): void
    {
        header('Cache-Control: public, max-age=86400, s-maxage=86400');
        header("X-Magento-Tags: $tags");
    }

    private function show(string $template, array $values): void
    {
        header('Content-Type: text/html; charset=utf-8');
        $values['style'] = (new StaticContent($this->store))->url('css/store.css');
        $values['release'] = $this->store->release();
        extract($values);
        require $this->store->path("app/code/Store/Catalog/view/templates/$template.phtml");
    }
}
