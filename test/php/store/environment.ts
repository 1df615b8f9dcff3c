/** Where the parts of a store listen. */
export interface StoreAddresses {
  readonly database: { readonly address: string; readonly port: number; readonly name?: string };
  readonly redis: { readonly address: string; readonly port: number };
  /**
   * The servers of Varnish, which are purged when the cache is flushed.
   *
   * @default - none
   */
  readonly varnish?: readonly { readonly address: string; readonly port: number }[];
}

export interface StoreSettings {
  /**
   * Whether pages are served whatever the version of the database: Magento's `deployment/blue_green/enabled`.
   *
   * @default false
   */
  readonly blueGreen?: boolean;
  /** @default true */
  readonly cron?: boolean;
}

/** The databases of Redis. */
export const REDIS_DATABASE = { cache: 0, queue: 1, session: 2 } as const;

/** What PHP-FPM needs in php.ini where it reads no folder of settings, as in `Servers.configurePhp`. */
export const STORE_EXTENSIONS = ['pdo', 'mysqlnd', 'pdo_mysql', 'igbinary', 'redis'].map((name) => `extension=${name}\n`).join('');

/** The text of app/etc/env.php. */
export function storeEnvironment({ database, redis, varnish = [] }: StoreAddresses, settings: StoreSettings = {}): string {
  const { blueGreen = false, cron = true } = settings;
  const hosts = varnish.map(({ address, port }) => `['host' => '${address}', 'port' => '${port}']`).join(', ');
  const inRedis = (host: string, number: number) => `'${host}' => '${redis.address}', 'port' => '${redis.port}', 'database' => '${number}'`;
  return `<?php
return [
    'db' => [
        'connection' => [
            'default' => [
                'host' => '${database.address}:${database.port}',
                'dbname' => '${database.name ?? 'store'}',
                'username' => 'store',
                'password' => 'store',
                'active' => '1',
            ],
        ],
    ],
    'cache' => [
        'frontend' => [
            'default' => [
                'id_prefix' => 'store_',
                'backend_options' => [${inRedis('server', REDIS_DATABASE.cache)}],
            ],
        ],
    ],
    'session' => ['save' => 'redis', 'redis' => [${inRedis('host', REDIS_DATABASE.session)}]],
    'queue' => ['redis' => [${inRedis('host', REDIS_DATABASE.queue)}]],
    'http_cache_hosts' => [${hosts}],
    'deployment' => ['blue_green' => ['enabled' => ${blueGreen}]],
    'cron' => ['enabled' => ${cron ? 1 : 0}],
    'install' => ['date' => 'Thu, 01 Jan 2026 00:00:00 +0000'],
];
`;
}
