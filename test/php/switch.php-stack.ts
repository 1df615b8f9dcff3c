import { type BuiltRelease, pointer, upload } from '../host/test-host';
import { TinyAws } from '../host/tiny-aws';
import { light, releasesOf } from './applications';
import { type Answer, Load, percentile } from './load';
import { PhpInstance } from './php-instance';
import { BY_LINK } from './servers';

const ROUNDS = 20;
/** How long the load goes on between two switches, in milliseconds. */
const PAUSE = 300;
const [v1, v2, v3] = ['v1', 'v2', 'v3'].map((id) => light(id));

let aws: TinyAws;
let instances: PhpInstance[];
beforeAll(async () => {
  aws = await TinyAws.start();
  upload(aws, v1, v2, v3);
  instances = await Promise.all([1, 2, 3].map((n) => PhpInstance.start(aws, `127.41.0.${n}`)));
  for (const instance of instances) {
    await instance.serve(v1, 1);
    for (const release of [v2, v3]) expect(await instance.host.stage(release, 1)).toMatchObject({ exitCode: 0 });
  }
});
afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.stop()));
  await aws.stop();
});

/** From when until when an instance had to answer with a release and no other. */
interface Span {
  readonly instance: PhpInstance;
  readonly release: string;
  readonly from: number;
  to: number;
}

/** Switches every instance at once; from the return of its command, an instance serves the release until its next command begins. */
async function switchAll(spans: Span[], release: BuiltRelease, command: (instance: PhpInstance) => Promise<{ exitCode?: number }>) {
  const now = performance.now();
  for (const span of spans.slice(-instances.length)) span.to = now;
  const returned = await Promise.all(
    instances.map(async (instance) => {
      expect(await command(instance)).toMatchObject({ exitCode: 0 });
      return { instance, release: release.id, from: performance.now(), to: Number.POSITIVE_INFINITY };
    }),
  );
  spans.push(...returned);
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}

/** What an instance answered with another release than it had to. */
function oldAnswers(load: Load, spans: readonly Span[]): Answer[] {
  return spans.flatMap(({ instance, release, from, to }) =>
    load
      .sentIn(from, to)
      .filter((answer) => answer.instance === instance && answer.sent + answer.took < to && releasesOf(answer.page)[0] !== release),
  );
}

test(`${ROUNDS} activations and ${ROUNDS} reverts of three instances under load are seen by nobody`, async () => {
  const load = new Load(instances);
  const spans: Span[] = instances.map((instance) => ({ instance, release: 'v1', from: performance.now(), to: Number.POSITIVE_INFINITY }));
  for (let round = 0; round < ROUNDS; round++) {
    const [release, epoch] = [round % 2 === 0 ? v2 : v3, round + 2];
    aws.put('artifacts/fleets/shop/stable', pointer(epoch, 'promoting', v1, release));
    await switchAll(spans, release, (instance) => instance.host.activate(release, epoch));
    await switchAll(spans, v1, (instance) => instance.host.revert(release, epoch));
  }
  await load.stop();

  const failed = load.answers.filter(({ status }) => status !== 200);
  const mixed = load.answers.filter(({ page }) => releasesOf(page).length !== 1);
  const old = oldAnswers(load, spans);
  const judged = spans.flatMap(({ instance, from, to }) => load.sentIn(from, to).filter((answer) => answer.instance === instance)).length;
  const times = load.answers.map(({ took }) => took);
  console.log(
    `${load.answers.length} requests, ${judged} of them between two switches: ${failed.length} failed, ${old.length} of old code, ` +
      `${mixed.length} of two releases; median ${percentile(times, 0.5).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms, ` +
      `worst ${Math.max(...times).toFixed(0)} ms`,
  );
  expect({ failed: failed.slice(0, 3), old: old.slice(0, 3), mixed: mixed.slice(0, 3) }).toEqual({ failed: [], old: [], mixed: [] });
  expect(judged).toBeGreaterThan(1_000);
  expect(instances.map((instance) => instance.journal().match(/after a reload/g))).toEqual([null, null, null]);
}, 600_000);

test('without the hook and with the name of the link, the same measurement sees old code', async () => {
  const [instance] = instances;
  instance.servers.writeNginx(BY_LINK);
  instance.servers.reloadNginx();
  instance.host.writeConfig(instance.host.configText().replace(/^HOOK=.*\n/m, ''));
  await instance.serve(v1, ROUNDS + 2);
  const load = new Load([instance]);
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  // The name may still stand for any of the three, from what was asked by it before: of two switches, one must show.
  const spans: Span[] = [];
  for (const [release, epoch] of [
    [v2, ROUNDS + 3],
    [v3, ROUNDS + 4],
  ] as const) {
    await instance.serve(release, epoch);
    const from = performance.now();
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    spans.push({ instance, release: release.id, from, to: performance.now() });
  }
  await load.stop();
  expect(oldAnswers(load, spans).length).toBeGreaterThan(0);
}, 60_000);
