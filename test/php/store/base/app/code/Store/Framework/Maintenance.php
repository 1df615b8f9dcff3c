<?php
declare(strict_types=1);

namespace Store\Framework;

/** Maintenance mode of this folder on this host: no other instance knows of it. */
final class Maintenance
{
    private readonly string $flag;

    public function __construct(Store $store)
    {
        $this->flag = $store->path('var/.maintenance.flag');
    }

    public function isOn(): bool
    {
        return is_file($this->flag);
    }

    public function enable(): void
    {
        @mkdir(dirname($this->flag), 0775, true);
        touch($this->flag);
    }

    public function disable(): void
    {
        if ($this->isOn()) {
            unlink($this->flag);
        }
    }
}
