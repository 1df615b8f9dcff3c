import { LoadGenerator } from '../../lab/traffic/load/load-generator';
import { type Ended, StoreLab } from './store-lab';

/** What is deployed, one after the other, and what should come of it. */
const DEPLOYMENTS = [
  { input: { ref: 'v1', bootstrap: true }, what: 'the first release makes the database', verdict: 'promoted' },
  { input: { ref: 'v2-template' }, what: 'a template changes', verdict: 'promoted' },
  { input: { ref: 'v3-additive-slow' }, what: 'a column is added, and pages are slow', verdict: 'rolledBack' },
  { input: { ref: 'v3-additive' }, what: 'the same without the fault', verdict: 'promoted' },
  { input: { ref: 'v4-drop' }, what: 'a column is dropped that the running code reads', verdict: 'refused' },
  { input: { ref: 'v4-drop', allowMaintenance: true }, what: 'the same, behind the maintenance page', verdict: 'promoted' },
] as const;

/** Deployments of a store on nginx, PHP-FPM, MariaDB, Redis and Varnish, under load; 0 only if all went as it should. */
async function main(): Promise<number> {
  const began = performance.now();
  const say = (line: string) => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  say('starting MariaDB, Redis, Varnish and two instances of nginx and PHP-FPM; a minute of AWS takes two seconds');
  const store = await StoreLab.start();
  let load: LoadGenerator | undefined;
  let wrong = 0;
  try {
    say(`the store is at ${store.servers.varnish.url}: Varnish, then the load balancer`);
    for (const { input, what, verdict } of DEPLOYMENTS) {
      say(`${input.ref}: ${what}`);
      const ended = await store.run(input);
      load ??= await LoadGenerator.start({ url: store.servers.varnish.url, requestsPerSecond: 40, paths: ['/cart', '/cart/add/2'] });
      if (ended.outcome.verdict !== verdict) wrong++;
      for (const line of told(ended)) say(`    ${line}`);
    }
    const totals = await load?.stop();
    load = undefined;
    const answers = Object.entries(totals?.answers ?? {}).map(
      ([release, statuses]) => `${release || 'no release'} ${JSON.stringify(statuses)}`,
    );
    say(`customers: ${totals?.sent} requests; ${answers.join(', ')}; without an answer: ${JSON.stringify(totals?.failures)}`);
    for (const defect of store.defects) say(`the lab has a defect: ${defect}`);
    say(wrong === 0 ? 'all is as it should be' : `deployments that ended otherwise than they should: ${wrong}`);
    return wrong === 0 && store.defects.length === 0 ? 0 : 1;
  } finally {
    await load?.stop();
    await store.stop();
  }
}

function told({ outcome, error }: Ended): string[] {
  const { verdict, release, cause, database, maintenanceSeconds } = outcome;
  const maintenance = maintenanceSeconds > 0 ? `, ${maintenanceSeconds} s of maintenance` : ', no maintenance';
  return [`${verdict}${error ? ` (${error})` : ''}: ${release}${maintenance}`, ...(database ? [database] : []), cause.slice(0, 300)];
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: Error) => {
    console.error(`demo:store: ${error.message}`);
    process.exit(1);
  },
);
