import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How PHP gets to know the folder of the application, as `nginx -T` shows it. */
export const RESOLVED = '$realpath_root';
export const BY_LINK = '$document_root';

const PHP_INI = `zend_extension=opcache
opcache.enable=1
opcache.validate_timestamps=0
opcache.memory_consumption=1024
opcache.max_accelerated_files=20000
`;

const IS_ROOT = process.getuid?.() === 0;

const FPM = path.join(
  '/usr/sbin',
  readdirSync('/usr/sbin')
    .filter((name) => /^php-fpm\d/.test(name))
    .at(-1) ?? 'php-fpm',
);

/** nginx and PHP-FPM of one instance, with configurations of their own, as children of the test. */
export class Servers {
  private readonly children: ChildProcess[] = [];

  constructor(
    /** The folder that stands for the instance. */
    private readonly root: string,
    readonly address: string,
    readonly port: number,
    /** The folder of a release that is served. */
    private readonly documentRoot = 'pub',
  ) {}

  async start(): Promise<void> {
    for (const folder of ['run', 'etc/nginx', 'etc/php']) mkdirSync(path.join(this.root, folder), { recursive: true });
    this.writeNginx(RESOLVED);
    this.writeFpm();
    this.spawn(FPM, ['-F', '-c', this.file('etc/php/php.ini'), '-y', this.file('etc/php/fpm.conf')]);
    await this.until('PHP-FPM listens', () => existsSync(this.file('run/fpm.sock')));
    this.spawn('nginx', ['-e', this.file('run/nginx.log'), '-c', this.file('etc/nginx/nginx.conf')]);
    await this.until('nginx runs', () => existsSync(this.file('run/nginx.pid')));
  }

  async stop(): Promise<void> {
    for (const child of this.children.splice(0)) {
      if (child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'close');
    }
  }

  /** Writes nginx's configuration; what runs keeps the one that it has. */
  writeNginx(folder: string): void {
    writeFileSync(
      this.file('etc/nginx/php.conf'),
      `# what PHP gets\nfastcgi_param SCRIPT_FILENAME ${folder}$fastcgi_script_name;\nfastcgi_param DOCUMENT_ROOT ${folder};\n`,
    );
    writeFileSync(this.file('etc/nginx/nginx.conf'), this.nginx());
  }

  /** Writes PHP's settings and makes PHP-FPM take them. */
  async configurePhp(settings: string): Promise<void> {
    const starts = () => this.log().split('ready to handle connections').length;
    const before = starts();
    writeFileSync(this.file('etc/php/php.ini'), PHP_INI + settings);
    process.kill(Number(readFileSync(this.file('run/fpm.pid'), 'utf8')), 'SIGUSR2');
    await this.until('PHP-FPM starts anew', () => starts() > before);
  }

  /** Makes the nginx that runs read its configuration again. */
  reloadNginx(): void {
    process.kill(Number(readFileSync(this.file('run/nginx.pid'), 'utf8')), 'SIGHUP');
  }

  log(): string {
    return ['fpm.log', 'nginx.log'].map((name) => readFileSync(this.file(`run/${name}`), 'utf8')).join('');
  }

  private nginx(): string {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `  ${name}_temp_path ${this.file('run')}/${name};\n`,
    );
    return `daemon off;
${IS_ROOT ? 'user www-data;' : ''}
worker_processes 1;
pid ${this.file('run/nginx.pid')};
error_log ${this.file('run/nginx.log')} warn;
events {}
http {
  access_log off;
${temporary.join('')}  server {
    listen ${this.address}:${this.port};
    root ${this.file('srv/app/current')}/${this.documentRoot};
    location / {
      try_files $uri /index.php$is_args$args;
    }
    location = /health {
      root ${this.file('srv/app/current')};
      try_files /health /index.php$is_args$args;
    }
    location ~ \\.php$ {
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param REQUEST_URI $request_uri;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      include php.conf;
      fastcgi_pass unix:${this.file('run/fpm.sock')};
    }
  }
}
`;
  }

  private writeFpm(): void {
    writeFileSync(this.file('etc/php/php.ini'), PHP_INI);
    writeFileSync(
      this.file('etc/php/fpm.conf'),
      `[global]
pid = ${this.file('run/fpm.pid')}
error_log = ${this.file('run/fpm.log')}
process_control_timeout = 10
[www]
${IS_ROOT ? 'user = www-data\ngroup = www-data\nlisten.owner = www-data\nlisten.group = www-data' : ''}
listen = ${this.file('run/fpm.sock')}
pm = static
pm.max_children = 8
`,
    );
  }

  private spawn(program: string, args: string[]): void {
    // Without a folder to scan, the machine's own PHP settings stay out.
    this.children.push(spawn(program, args, { stdio: 'ignore', env: { PATH: process.env.PATH, PHP_INI_SCAN_DIR: '' } }));
  }

  private async until(what: string, isTrue: () => boolean): Promise<void> {
    for (let waited = 0; !isTrue(); waited += 50) {
      if (waited > 10_000) throw new Error(`it took more than 10 s until ${what}:\n${this.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private file(name: string): string {
    return path.join(this.root, name);
  }
}
