import path from 'node:path';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { LiveLab } from '../../lab/live-lab';
import { Recipe } from '../../lib';
import { DeploymentLab, Started } from './deployment-lab';
import { MariaDb } from './servers/mariadb';
import { Redis } from './servers/redis';
import { Varnish } from './servers/varnish';
import { storeEnvironment } from './store/environment';
import { writeStoreRepository } from './store/repository';
import type { Version } from './store/versions';

export { type Ended, SCALE } from './deployment-lab';

const NAME = 'store';
const SECRET = 'store/env.php';
const ADDRESS = '127.50.0.1';

/** A store by Magento's recipe that runs: MariaDB, Redis and Varnish, and a lab whose instances are nginx and PHP-FPM. */
export class StoreLab extends DeploymentLab {
  /** @param more versions of the store beside those of its repository */
  static start(more: readonly Version[] = []): Promise<StoreLab> {
    return Started.whole(async (started) => {
      const repository = path.join(started.folder, 'repository');
      const database = await started.add(MariaDb.start(ADDRESS));
      const redis = await started.add(Redis.start(ADDRESS));
      writeStoreRepository(repository, more);
      const lab = await started.lab({
        name: NAME,
        recipe: (scope) =>
          Recipe.magento2({
            configuration: Secret.fromSecretNameV2(scope, 'Environment', SECRET),
            consumers: ['orders'],
            jobs: 2,
            workers: 8,
          }),
        repository,
      });
      const { hostname, port } = new URL(lab.url);
      const varnish = await started.add(Varnish.start({ address: hostname, port: Number(port) }, ADDRESS));
      lab.account.secretsManager.put(SECRET, storeEnvironment({ database, redis, varnish: [varnish] }, { blueGreen: true }));
      await lab.deploy();
      return new StoreLab(started, lab, { database, redis, varnish });
    });
  }

  private constructor(
    started: Started,
    lab: LiveLab,
    readonly servers: { readonly database: MariaDb; readonly redis: Redis; readonly varnish: Varnish },
  ) {
    super(started, lab, NAME);
  }

  /** Names of a table's columns. */
  columns(table: string): Promise<string[]> {
    return this.servers.database.columns(table);
  }
}
