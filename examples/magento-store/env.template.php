<?php
// Template of app/etc/env.php. Replace the words in capitals by the outputs and secrets of the stack, and put the text into the secret
// that the output EnvironmentSecret names. Do not commit the result.
return [
    // Magento takes itself for installed where there is a date.
    'install' => ['date' => 'Sat, 01 Jan 2000 00:00:00 +0000'],
    'MAGE_MODE' => 'production',
    'backend' => ['frontName' => 'ADMIN_PATH'],
    // Of the installation that the database comes from: without it nothing that is encrypted can be read.
    'crypt' => ['key' => 'CRYPT_KEY'],
    // Instances of the release before go on while the database is changed. The deployment refuses a change without it.
    'deployment' => ['blue_green' => ['enabled' => true]],
    'directories' => ['document_root_is_pub' => true],
    'x-frame-options' => 'SAMEORIGIN',
    'db' => [
        'table_prefix' => '',
        'connection' => [
            'default' => [
                'host' => 'DATABASE_HOST',
                'dbname' => 'magento',
                'username' => 'magento',
                'password' => 'DATABASE_PASSWORD',
                'model' => 'mysql4',
                'engine' => 'innodb',
                'initStatements' => 'SET NAMES utf8;',
                'active' => '1',
            ],
        ],
    ],
    'resource' => ['default_setup' => ['connection' => 'default']],
    // In the database: cron runs on every stable instance, and takes its locks there.
    'lock' => ['provider' => 'db'],
    'session' => [
        'save' => 'redis',
        'redis' => [
            'host' => 'tls://SESSIONS_HOST',
            'port' => '6379',
            'password' => 'CACHE_PASSWORD',
            'database' => '0',
            'timeout' => '2.5',
            'compression_threshold' => '2048',
            'compression_library' => 'gzip',
            'log_level' => '1',
            'max_concurrency' => '20',
            'break_after_frontend' => '5',
            'break_after_adminhtml' => '30',
            'first_lifetime' => '600',
            'bot_first_lifetime' => '60',
            'bot_lifetime' => '7200',
            'disable_locking' => '0',
            'min_lifetime' => '60',
            'max_lifetime' => '2592000',
        ],
    ],
    'cache' => [
        'frontend' => [
            // An empty id_prefix is a prefix of its own for each release: Magento makes it from the path. setup:install writes one
            // here that all releases would share.
            'default' => [
                'id_prefix' => '',
                'backend' => 'Magento\\Framework\\Cache\\Backend\\Redis',
                'backend_options' => [
                    'server' => 'tls://CACHE_HOST',
                    'port' => '6379',
                    'password' => 'CACHE_PASSWORD',
                    'database' => '0',
                    'compress_data' => '1',
                ],
            ],
            'page_cache' => [
                'id_prefix' => '',
                'backend' => 'Magento\\Framework\\Cache\\Backend\\Redis',
                'backend_options' => [
                    'server' => 'tls://CACHE_HOST',
                    'port' => '6379',
                    'password' => 'CACHE_PASSWORD',
                    'database' => '1',
                    'compress_data' => '0',
                ],
            ],
        ],
        'allow_parallel_generation' => false,
    ],
    // A type that is not here is off.
    'cache_types' => [
        'config' => 1,
        'layout' => 1,
        'block_html' => 1,
        'collections' => 1,
        'reflection' => 1,
        'db_ddl' => 1,
        'compiled_config' => 1,
        'eav' => 1,
        'customer_notification' => 1,
        'config_integration' => 1,
        'config_integration_api' => 1,
        'graphql_query_resolver_result' => 1,
        'full_page' => 1,
        'config_webservice' => 1,
        'translate' => 1,
    ],
    // Only with Varnish in front of the instances, which this example has not: where Magento purges pages.
    // 'http_cache_hosts' => [['host' => 'varnish.internal', 'port' => '80']],

    // A unit of systemd starts cron: 0 would end it at once.
    'cron' => ['enabled' => 1],
    // Cron starts consumers of queues. They go on with the code that they began with until they end.
    'cron_consumers_runner' => ['cron_run' => true, 'max_messages' => 1000, 'consumers' => []],
    'downloadable_domains' => ['HOSTNAME'],
    'system' => [
        'default' => [
            'web' => [
                'unsecure' => ['base_url' => 'https://HOSTNAME/'],
                'secure' => [
                    'base_url' => 'https://HOSTNAME/',
                    'use_in_frontend' => '1',
                    'use_in_adminhtml' => '1',
                    // The load balancer ends TLS and says so in this header.
                    'offloader_header' => 'X-Forwarded-Proto',
                ],
            ],
            'catalog' => [
                'search' => [
                    'engine' => 'opensearch',
                    'opensearch_server_hostname' => 'https://SEARCH_HOST',
                    'opensearch_server_port' => '443',
                    'opensearch_index_prefix' => 'store',
                    'opensearch_enable_auth' => '1',
                    'opensearch_username' => 'magento',
                    'opensearch_password' => 'SEARCH_PASSWORD',
                    'opensearch_server_timeout' => '15',
                ],
            ],
        ],
    ],
];
