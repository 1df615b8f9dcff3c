<?php
return [
    'modules' => [
        'Store_Catalog' => 1,
    ],
    'system' => [
        'general/store_information/name' => 'A small store',
    ],
];
