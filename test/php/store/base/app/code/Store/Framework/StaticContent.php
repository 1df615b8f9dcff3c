<?php
declare(strict_types=1);

namespace Store\Framework;

/** Styles and scripts, which the build copies to pub/static and which pages name with the version of the build. */
final class StaticContent
{
    private const SOURCE = 'app/code/Store/Catalog/view/web';

    public function __construct(private readonly Store $store)
    {
    }

    /** @param string[] $locales */
    public function deploy(array $locales, string $version): int
    {
        $count = 0;
        foreach ($locales as $locale) {
            $target = $this->store->path("pub/static/frontend/Store/default/$locale");
            foreach (glob($this->store->path(self::SOURCE) . '/*/*') as $file) {
                $name = substr($file, strlen($this->store->path(self::SOURCE)) + 1);
                @mkdir(dirname("$target/$name"), 0775, true);
                copy($file, "$target/$name");
                $count++;
            }
        }
        file_put_contents($this->store->path('pub/static/deployed_version.txt'), $version);
        return $count;
    }

    public function url(string $name, string $locale = 'en_US'): string
    {
        $file = $this->store->path('pub/static/deployed_version.txt');
        $version = is_file($file) ? '/version' . trim(file_get_contents($file)) : '';
        return "/static$version/frontend/Store/default/$locale/$name";
    }
}
