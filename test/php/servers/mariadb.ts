import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { freePort, ServerProcess } from './server-process';

const run = promisify(execFile);

/** Small and quick to start; what is in it does not outlive the test, so nothing waits for the disk. */
const OPTIONS = [
  '--innodb-buffer-pool-size=16M',
  '--innodb-log-file-size=4M',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=OFF',
  '--innodb-fast-shutdown=2',
  '--key-buffer-size=1M',
  '--performance-schema=OFF',
  '--skip-log-bin',
  '--skip-name-resolve',
  // Without these two, Magento finds its tables outdated for ever, and cannot create its triggers.
  '--explicit-defaults-for-timestamp=ON',
  '--log-bin-trust-function-creators=1',
];

/** MariaDB on a loopback address. Its user `store` with the password `store` may do all. */
export class MariaDb {
  static readonly user = 'store';
  static readonly password = 'store';

  /** Starts an empty server with the databases that are named. */
  static async start(address = '127.50.0.1', databases: readonly string[] = ['store']): Promise<MariaDb> {
    const server = new MariaDb(address, await freePort(address));
    try {
      await server.begin(databases);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private readonly server = new ServerProcess('mariadb');
  readonly socket = this.server.file('socket');

  private constructor(
    readonly address: string,
    readonly port: number,
  ) {}

  get pid(): number | undefined {
    return this.server.pid;
  }

  /** What the statements return: a line for each row, with tabs between its columns. */
  async query(sql: string, database = ''): Promise<string> {
    const args = ['--no-defaults', `--socket=${this.socket}`, '--user=store', '--password=store', '--batch', '--skip-column-names'];
    return (await run('mariadb', [...args, `--execute=${sql}`, database])).stdout;
  }

  /** Names of a table's columns. */
  async columns(table: string): Promise<string[]> {
    const rows = await this.query(`SELECT column_name FROM information_schema.columns WHERE table_name = '${table}'`);
    return rows.trim().split('\n');
  }

  log(): string {
    return this.server.log();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private async begin(databases: readonly string[]): Promise<void> {
    const data = this.server.file('data');
    const user = process.getuid?.() === 0 ? ['--user=root'] : [];
    const install = ['--no-defaults', ...user, `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal'];
    await run('mariadb-install-db', [...install, '--innodb-log-file-size=4M', '--innodb-flush-log-at-trx-commit=0']);
    const statements = [
      ...databases.map((name) => `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4;`),
      `CREATE USER '${MariaDb.user}'@'%' IDENTIFIED BY '${MariaDb.password}';`,
      `CREATE USER '${MariaDb.user}'@'localhost' IDENTIFIED BY '${MariaDb.password}';`,
      `GRANT ALL ON *.* TO '${MariaDb.user}'@'%';`,
      `GRANT ALL ON *.* TO '${MariaDb.user}'@'localhost';`,
    ];
    writeFileSync(this.server.file('init.sql'), `${statements.join('\n')}\n`);
    const own = [`--datadir=${data}`, `--socket=${this.socket}`, `--pid-file=${this.server.file('pid')}`];
    const network = [`--bind-address=${this.address}`, `--port=${this.port}`];
    const args = ['--no-defaults', ...user, ...own, ...network, ...OPTIONS, `--init-file=${this.server.file('init.sql')}`];
    await this.server.start('mariadbd', args, () => this.answers());
  }

  private answers(): Promise<boolean> {
    return this.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}
