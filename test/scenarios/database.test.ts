import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { Fleet } from './fleet';
import { BAD_ERRORS, GOOD, UNHEALTHY } from './releases';

const ADDITION = 'ALTER TABLE shop_item ADD COLUMN badge varchar(32) NULL';
const DROP = 'ALTER TABLE shop_item DROP COLUMN old_price';

let fleet: Fleet;

beforeEach(async () => {
  fleet = await Fleet.create({ stack: 'market' });
});
afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

/** Steps that ran since the last call, such as `migrate v2`. */
function steps(): string[] {
  return fleet.lab.account.world.database.steps.splice(0);
}

/** Whether any instance answers customers with the maintenance page. */
function anyPage(): boolean {
  const { world } = fleet.lab.account;
  return world.running().some((instance) => world.isInMaintenance(instance));
}

test('a release that needs nothing of the database goes out by canary, without a second of maintenance', async () => {
  steps();
  fleet.release('r2', { ...GOOD, database: {} });
  const { outcome, states } = await fleet.run({ release: 'r2' });
  expect(outcome).toMatchObject({ verdict: 'promoted', database: 'the database is up to date', maintenanceSeconds: 0 });
  expect(states).toContain('Shift traffic to canary');
  expect(steps()).toEqual(['check r2', 'after-promotion r2']);
  await expectAtRest(fleet, 'r2');
});

test('canaries boot with the committed release, and have both when the database is looked at', async () => {
  fleet.release('r2', { ...GOOD, database: {} });
  const { account } = fleet.lab;
  const seen: string[][] = [];
  account.wire.onCall(({ operation, input }) => {
    if (operation === 'SendCommand' && input.Parameters.Command[0] === 'step') seen.push(fleet.releases('canary'));
  });
  await fleet.run({ release: 'r2' });
  expect(seen[0]).toEqual(['r1']);
});

test('additions are made once, on one canary, before it serves anybody', async () => {
  steps();
  fleet.release('r2', { ...GOOD, database: { changes: [ADDITION] } });
  const { outcome, states } = await fleet.run({ release: 'r2' });
  expect(outcome).toMatchObject({ verdict: 'promoted', database: `compatible change: an addition: ${ADDITION}`, maintenanceSeconds: 0 });
  expect(steps()).toEqual(['check r2', 'migrate r2', 'after-promotion r2']);
  expect(fleet.lab.account.rds.snapshots).toMatchObject([{ kind: 'instance', database: 'market', status: 'available' }]);
  expect(states.indexOf('Migrate the database')).toBeLessThan(states.indexOf('Shift traffic to canary'));
  await expectAtRest(fleet, 'r2');
});

test('after an addition a bad canary goes back, and the addition stays', async () => {
  fleet.release('r2', { ...BAD_ERRORS, database: { changes: [ADDITION] } });
  const { outcome, error } = await fleet.run({ release: 'r2' });
  expect(error).toBe('RolledBack');
  expect(outcome.database).toContain('compatible change');
  expect(fleet.lab.account.world.database.isMigrated('r2')).toBe(true);
  await expectAtRest(fleet, 'r1');
  await fleet.lab.pass(5);
  fleet.release('r3', { ...GOOD, database: {} });
  expect((await fleet.run({ release: 'r3' })).outcome.verdict).toBe('promoted');
});

test('caches are flushed once after customers were taken back, not after a canary alone', async () => {
  steps();
  fleet.release('r2', { ...BAD_ERRORS, database: {} });
  await fleet.run({ release: 'r2' });
  expect(steps()).toEqual(['check r2']);
  await fleet.lab.pass(5);
  fleet.release('r3', { ...GOOD, database: {} });
  await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r3' });
    await fleet.enters(execution, 'Look at stable');
    await fleet.takeOut('the basket is empty');
    expect((await fleet.ended(execution)).outcome.verdict).toBe('rolledBack');
  });
  expect(steps()).toEqual(['check r3', 'after-promotion r3', 'after-rollback r1']);
  await expectAtRest(fleet, 'r1');
});

test('a change that the running release does not bear is refused with its statement, and nothing is changed', async () => {
  const before = await fleet.dump();
  steps();
  fleet.release('r2', { ...GOOD, database: { changes: [ADDITION, DROP] } });
  const { outcome, error } = await fleet.run({ release: 'r2' });
  expect(error).toBe('Refused');
  expect(outcome).toMatchObject({ verdict: 'refused', maintenanceSeconds: 0 });
  expect(outcome.cause).toBe(
    `breaking change: 1 of 2 changes does more than add: ${DROP}; deploy it with 'allowMaintenance', or first a release that does without what changes, then one that declares the change compatible`,
  );
  expect(steps()).toEqual(['check r2']);
  await expectAtRest(fleet, 'r1');
  await fleet.lab.pass(5);
  expect(await fleet.dump()).toEqual(before);
});

test('with allowMaintenance it is made behind the page: everywhere at once, and for as short as can be', async () => {
  steps();
  fleet.release('r2', { ...GOOD, database: { changes: [DROP], breaks: true } });
  const { outcome, states } = await fleet.run({ release: 'r2', allowMaintenance: true });
  expect(outcome).toMatchObject({ verdict: 'promoted', cause: expect.stringContaining('without a canary') });
  expect(outcome.maintenanceSeconds).toBeGreaterThan(20);
  expect(outcome.maintenanceSeconds).toBeLessThan(180);
  expect(states).not.toContain('Shift traffic to canary');
  const page = ['maintenance-on r2', 'maintenance-on r2', 'maintenance-on r2'];
  const off = page.map((one) => one.replace('on', 'off'));
  expect(steps()).toEqual(['check r2', ...page, 'migrate r2', ...off, 'after-promotion r2']);
  expect(anyPage()).toBe(false);
  await expectAtRest(fleet, 'r2');
});

test('after a breaking change nobody goes back: a release that fails is held, and the page is taken down', async () => {
  await fleet.close();
  // No release fits: the floor of healthy instances cannot hold.
  fleet = await Fleet.create({ stack: 'market', invariants: false });
  fleet.release('r2', { ...UNHEALTHY, database: { changes: [DROP], breaks: true } });
  const { outcome, error } = await fleet.run({ release: 'r2', allowMaintenance: true });
  expect(error).toBe('Held');
  expect(outcome).toMatchObject({
    verdict: 'held',
    cause: expect.stringMatching(/'activate' failed on 1 of 1 instances: .*answered 503.*r1 does not fit it any more.*roll forward/),
  });
  expect(anyPage()).toBe(false);
  expect(fleet.pointer('stable')).toMatchObject({ phase: 'idle', committed: 'r2', candidate: '' });
});

test('a bad bake after a breaking change is held too', async () => {
  fleet.release('r2', { ...BAD_ERRORS, database: { changes: [DROP], breaks: true } });
  const { outcome } = await fleet.run({ release: 'r2', allowMaintenance: true });
  expect(outcome).toMatchObject({ verdict: 'held', release: 'r2' });
  expect(outcome.maintenanceSeconds).toBeGreaterThan(20);
  await expectAtRest(fleet, 'r2');
  const { outcome: back } = await fleet.run({ mode: 'rollback' });
  expect(back.cause).toBe("'r1' does not fit the database any more, which was changed for 'r2': roll forward");
});

test.each([
  ['behind the page', { changes: [DROP], migrateFails: 'patch AddTax: unknown column' }, { allowMaintenance: true }],
  ['beside customers', { changes: [ADDITION], migrateFails: 'patch AddTax: unknown column' }, {}],
])('a migration %s that fails half-way is held with its cause, on the code of before', async (_, database, input) => {
  fleet.release('r2', { ...GOOD, database });
  const { outcome, error } = await fleet.run({ release: 'r2', ...input });
  expect(error).toBe('Held');
  expect(outcome.cause).toMatch(/migrate of r2 failed: patch AddTax: unknown column.*did not end well.*roll forward/);
  expect(anyPage()).toBe(false);
  await expectAtRest(fleet, 'r1');
});

test('a database that cannot be looked at ends the deployment with what it said', async () => {
  fleet.release('r2', { ...GOOD, database: { checkFails: 'setup:db:status ended with exit code 1: Magento is not installed there' } });
  const { outcome, error } = await fleet.run({ release: 'r2' });
  expect(error).toBe('RolledBack');
  expect(outcome.cause).toContain('check of r2 failed: setup:db:status ended with exit code 1: Magento is not installed there');
  await expectAtRest(fleet, 'r1');
});

test('nothing is changed where the database could not be saved', async () => {
  fleet.lab.account.rds.fails = true;
  fleet.release('r2', { ...GOOD, database: { changes: [ADDITION] } });
  const { outcome, error } = await fleet.run({ release: 'r2' });
  expect(error).toBe('RolledBack');
  expect(outcome.cause).toMatch(/^the snapshot asg-canary-market-\d+ of market failed$/);
  expect(fleet.lab.account.world.database.isMigrated('r2')).toBe(false);
  await expectAtRest(fleet, 'r1');
});

test('what the release declares compatible is', async () => {
  fleet.release('r2', { ...GOOD, database: { changes: ['update: shop_update_11001'], declared: 1 } });
  const { outcome } = await fleet.run({ release: 'r2' });
  expect(outcome).toMatchObject({ verdict: 'promoted', database: 'compatible change: 1 declared compatible by the release' });
});

test('a step after the promotion that fails is told, and undoes nothing', async () => {
  fleet.release('r2', { ...GOOD, database: { afterFails: 'the CDN does not answer' } });
  const { outcome } = await fleet.run({ release: 'r2' });
  expect(outcome).toMatchObject({
    verdict: 'promoted',
    cause: expect.stringContaining('after-promotion of r2 failed: the CDN does not answer'),
  });
  await expectAtRest(fleet, 'r2');
});

test.each([
  'Wait for the page to be up',
  'Wait for the migration behind the page',
  'Wait for all to be switched',
  'Wait for the page to be down',
])('an execution that is stopped at "%s" leaves no page up: the recovery sees to it', async (state) => {
  fleet.release('r2', { ...GOOD, database: { changes: [DROP], breaks: true } });
  await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2', allowMaintenance: true });
    await fleet.enters(execution, state);
    fleet.lab.account.stepFunctions.stopExecution(execution);
    await fleet.free();
  });
  expect(anyPage()).toBe(false);
  const { committed } = fleet.pointer('stable');
  expect(fleet.lab.account.world.database.fits(committed)).toBe(true);
  await expectAtRest(fleet, committed);
});

test('an abort in the middle of the maintenance takes the page down', async () => {
  fleet.release('r2', { ...GOOD, database: { changes: [DROP], breaks: true } });
  await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2', allowMaintenance: true });
    await fleet.enters(execution, 'Wait for the page to be up');
    await fleet.takeOut('wrong release');
    expect((await fleet.ended(execution)).outcome).toMatchObject({ verdict: 'rolledBack', cause: 'aborted: wrong release' });
  });
  expect(anyPage()).toBe(false);
  await expectAtRest(fleet, 'r1');
});

test('an abort in the middle of a migration waits for its end, and the code that fits stays', async () => {
  fleet.release('r2', { ...GOOD, database: { changes: [DROP], breaks: true } });
  await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2', allowMaintenance: true });
    await fleet.enters(execution, 'Wait for the migration behind the page');
    await fleet.takeOut('wrong release');
    const { outcome } = await fleet.ended(execution);
    expect(outcome).toMatchObject({
      verdict: 'held',
      cause: expect.stringMatching(/^aborted: wrong release; .*r1 does not fit it any more/),
    });
  });
  expect(anyPage()).toBe(false);
  await expectAtRest(fleet, 'r2');
});

test('an abort in the middle of an addition goes back once it is made', async () => {
  fleet.release('r2', { ...GOOD, database: { changes: [ADDITION] } });
  await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Wait for the migration');
    await fleet.takeOut('wrong release');
    expect((await fleet.ended(execution)).outcome).toMatchObject({ verdict: 'rolledBack', cause: 'aborted: wrong release' });
  });
  expect(fleet.lab.account.world.database.isMigrated('r2')).toBe(true);
  await expectAtRest(fleet, 'r1');
});

test('a leader that is lost before it migrates counts as a failure, not as done', async () => {
  fleet.release('r2', { ...GOOD, database: { changes: [DROP], breaks: true } });
  await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2', allowMaintenance: true });
    await fleet.enters(execution, 'Remember that a breaking change begins');
    const { world, autoScaling } = fleet.lab.account;
    const [leader] = fleet.ids('canary');
    world.setAgentOnline(leader, false);
    await fleet.enters(execution, 'Wait for the migration behind the page');
    autoScaling.loseInstance(leader);
    const { outcome } = await fleet.ended(execution);
    expect(outcome).toMatchObject({ verdict: 'held', cause: expect.stringContaining(`'migrate' failed on 1 of 1 instances: ${leader}`) });
  });
  expect(fleet.lab.account.world.database.isMigrated('r2')).toBe(false);
  await fleet.lab.pass(10);
  expect(anyPage()).toBe(false);
  await expectAtRest(fleet, 'r1');
});

test('an instance that misses the order to take the page down does so by itself', async () => {
  fleet.release('r2', { ...GOOD, database: { changes: [DROP], breaks: true } });
  await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2', allowMaintenance: true });
    await fleet.enters(execution, 'Take the maintenance page down');
    fleet.lab.account.world.setAgentOnline(fleet.ids('stable')[0], false);
    const { outcome } = await fleet.ended(execution);
    expect(outcome).toMatchObject({ verdict: 'held', cause: expect.stringContaining('the maintenance page may still be up') });
  });
  await fleet.lab.pass(10);
  expect(anyPage()).toBe(false);
});

test('an instance that boots in the middle of the maintenance shows the page too', async () => {
  fleet.release('r2', { ...GOOD, database: { changes: [DROP], breaks: true } });
  await fleet.lab.run(async () => {
    const { autoScaling } = fleet.lab.account;
    const group = autoScaling.group('market-stable');
    const execution = fleet.start({ release: 'r2', allowMaintenance: true });
    await fleet.enters(execution, 'Back up the database before the maintenance');
    autoScaling.setDesired(group, group.desired + 1, 'more customers');
    await fleet.enters(execution, 'Wait for the page to be up');
    autoScaling.setDesired(group, group.desired + 1, 'more customers');
    expect((await fleet.ended(execution)).outcome.verdict).toBe('promoted');
  });
  expect(anyPage()).toBe(false);
  await expectAtRest(fleet, 'r2');
});

test('a release of before a breaking change is not deployed again by its name', async () => {
  fleet.release('r2', { ...GOOD, database: { changes: [DROP], breaks: true } });
  await fleet.run({ release: 'r2', allowMaintenance: true });
  await fleet.lab.pass(5);
  const { outcome, error } = await fleet.run({ release: 'r1' });
  expect(error).toBe('Refused');
  expect(outcome.cause).toBe("'r1' does not fit the database any more, which was changed for 'r2': roll forward");
});

test('maintenance cannot be allowed where nobody looks at the database', async () => {
  const other = await Fleet.create({ committed: null });
  const { outcome } = await other.run({ release: 'r2', allowMaintenance: true });
  expect(outcome.cause).toContain("'allowMaintenance' needs a recipe that checks the database");
  await other.close();
});
