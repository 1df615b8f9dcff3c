<?php
declare(strict_types=1);

require dirname(__DIR__) . '/vendor/autoload.php';

(new Store\Web\FrontController(new Store\Framework\Store(dirname(__DIR__))))->handle($_SERVER['REQUEST_URI'] ?? '/');
