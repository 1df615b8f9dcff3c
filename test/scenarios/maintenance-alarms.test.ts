import type { Template, TemplateResource } from '../../lab/cloudformation/template';
import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { broken, stateOf, whenAt } from './faults';
import { type Ended, Fleet, type FleetOptions } from './fleet';
import { GOOD } from './releases';

const ADDITION = 'ALTER TABLE shop_item ADD COLUMN badge varchar(32) NULL';
const DROP = 'ALTER TABLE shop_item DROP COLUMN old_price';
const PAGE_UP = 'Wait for the page to be up';
const PAGE_DOWN = 'Remember that the maintenance is over';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

const create = async (options: FleetOptions = {}) => {
  fleet = await Fleet.create({ stack: 'market', ...options });
};
const alarm = () =>
  [...fleet.lab.stack.ofType('AWS::CloudWatch::Alarm'), ...fleet.lab.stack.ofType('AWS::CloudWatch::CompositeAlarm')][0].physicalId;
const set = (state: 'ALARM' | 'OK') => fleet.lab.account.cloudWatch.setAlarmState(alarm(), state, 'answers with 5xx');
const loseEvents = () => fleet.lab.account.events.lose((event) => event.source === 'aws.cloudwatch');
const minutes = (count: number) => fleet.lab.account.context.clock.sleep(count * 60_000);
const isActive = () => `critical alarms are active: ${alarm()}`;
const wentOff = () => `aborted: the critical alarm ${alarm()} is active`;

const FAILING = { Type: 'AWS::CloudWatch::Alarm' };
const EXPRESSION = [
  { Id: 'share', Expression: '100 * failed / 5000', ReturnData: true },
  { Id: 'failed', ReturnData: false, MetricStat: { Period: 300, Stat: 'Sum', Metric: { Namespace: 'Store', MetricName: 'Failed' } } },
];

/** The stack with another alarm in place of its own. */
const withAlarm =
  (alarm: TemplateResource) =>
  (template: Template): Template => {
    const resources = Object.entries(template.Resources).map(([id, one]) => [id, one.Type === FAILING.Type ? alarm : one]);
    return { ...template, Resources: Object.fromEntries(resources) };
  };

/** Deploys a release with a breaking change, and plays beside it. */
function behindThePage(play: (execution: string) => Promise<unknown>): Promise<Ended> {
  fleet.release('r2', { ...GOOD, database: { changes: [DROP] } });
  return fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2', allowMaintenance: true });
    await play(execution);
    return fleet.ended(execution);
  });
}

const EVENTS = [
  ['is told of', () => {}],
  ['goes untold', loseEvents],
] as const;

describe.each(EVENTS)('a critical alarm that %s', (_, events) => {
  test.each([
    ['while the page is up', PAGE_UP, 0],
    ['by metrics that come when it is down', PAGE_DOWN, 2],
  ])('and counts the page %s ends nothing', async (_when, state, later) => {
    await create();
    events();
    const { outcome } = await behindThePage(async (execution) => {
      await fleet.enters(execution, state);
      await minutes(later);
      set('ALARM');
      await fleet.enters(execution, PAGE_DOWN);
      await minutes(4);
      set('OK');
    });
    expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
    await expectAtRest(fleet, 'r2');
  });

  test('and stays active longer than it can see the page holds the deployment', async () => {
    await create();
    events();
    let active = 0;
    const { outcome } = await behindThePage(async (execution) => {
      const { clock } = fleet.lab.account.context;
      await fleet.enters(execution, PAGE_UP);
      set('ALARM');
      await fleet.enters(execution, PAGE_DOWN);
      const down = clock.now();
      await fleet.ended(execution);
      active = (clock.now() - down) / 60_000;
    });
    expect(outcome).toMatchObject({ verdict: 'held', cause: expect.stringContaining(isActive()) });
    expect(active).toBeGreaterThan(6);
    expect(active).toBeLessThan(9);
    await expectAtRest(fleet, 'r2');
  });

  test('and goes off when it cannot see the page any more holds the deployment', async () => {
    await create();
    events();
    const { outcome } = await behindThePage(async (execution) => {
      await fleet.enters(execution, PAGE_DOWN);
      await minutes(6.5);
      set('ALARM');
    });
    const cause = events === loseEvents ? isActive() : wentOff();
    expect(outcome).toMatchObject({ verdict: 'held', cause: expect.stringContaining(cause) });
  });

  test('and was active before the page takes the deployment back, with nothing changed', async () => {
    await create();
    events();
    const { outcome } = await behindThePage(async (execution) => {
      await fleet.enters(execution, 'Back up the database before the maintenance');
      set('ALARM');
    });
    const cause = events === loseEvents ? isActive() : wentOff();
    expect(outcome).toMatchObject({ verdict: 'rolledBack', cause, maintenanceSeconds: 0 });
    expect(fleet.lab.account.world.database.isMigrated('r2')).toBe(false);
    await expectAtRest(fleet, 'r1');
  });

  test('and goes off beside a canary takes it back, also in the deployment after a maintenance', async () => {
    await create();
    await behindThePage(async () => {});
    await fleet.lab.pass(5);
    events();
    fleet.release('r3', { ...GOOD, database: { changes: [ADDITION] } });
    const { outcome } = await fleet.lab.run(async () => {
      const execution = fleet.start({ release: 'r3' });
      await fleet.enters(execution, 'Wait a minute', 3);
      set('ALARM');
      return fleet.ended(execution);
    });
    expect(outcome).toMatchObject({ verdict: 'rolledBack', cause: events === loseEvents ? isActive() : wentOff() });
    await expectAtRest(fleet, 'r2');
  });
});

describe.each([
  ['six minutes', { ...FAILING, Properties: { Period: 60, EvaluationPeriods: 6 } }, 11],
  ['five minutes, by an expression', { ...FAILING, Properties: { EvaluationPeriods: 1, Metrics: EXPRESSION } }, 22],
  ['a time that it does not tell', { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmRule: 'ALARM("a") OR ALARM("b")' } }, 60],
])('an alarm that looks back for %s', (_, resource, longest) => {
  beforeEach(() => create({ change: withAlarm(resource) }));

  test('is waited for by the bake, and the release is promoted when it is over', async () => {
    const { outcome } = await behindThePage(async (execution) => {
      await fleet.enters(execution, PAGE_UP);
      set('ALARM');
      await fleet.enters(execution, PAGE_DOWN);
      await minutes(longest - 0.5);
      expect(fleet.lock()?.holder.S).toBe(execution);
      set('OK');
    });
    expect(outcome).toMatchObject({ verdict: 'promoted' });
  });

  test('holds the deployment where it is not over by then', async () => {
    const { outcome, states } = await behindThePage(async (execution) => {
      await fleet.enters(execution, PAGE_UP);
      set('ALARM');
    });
    expect(outcome).toMatchObject({ verdict: 'held', cause: expect.stringContaining(isActive()) });
    expect(states.filter((state) => state === 'Look at stable').length).toBeLessThanOrEqual(longest);
  });
});

test('alarms whose periods cannot be read count an hour after the page, and the deployment goes on', async () => {
  await create();
  const { account } = fleet.lab;
  let since = '';
  let from = '';
  const { outcome } = await behindThePage(async (execution) => {
    account.wire.onCall(({ operation }) => {
      if (operation === 'DescribeAlarms' && stateOf(fleet, execution) === PAGE_DOWN) throw broken();
    });
    await fleet.enters(execution, PAGE_DOWN);
    since = new Date(account.context.clock.now()).toISOString();
    await fleet.enters(execution, 'Look at stable');
    from = fleet.lock()?.alarmsCountFrom?.S ?? '';
  });
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
  expect(Math.round((Date.parse(from) - Date.parse(since)) / 60_000)).toBe(60);
  await expectAtRest(fleet, 'r2');
});

test('an instance that booted behind the page and missed the order to take it down does so while the bake goes on', async () => {
  await create({ change: withAlarm({ ...FAILING, Properties: { Period: 60, EvaluationPeriods: 6 } }) });
  const { world, autoScaling, wire } = fleet.lab.account;
  const pages = () => world.running().filter((instance) => world.isInMaintenance(instance)).length;
  const { outcome } = await behindThePage(async (execution) => {
    // The instance boots in the middle, and enters service when the order was given to the others.
    for (const state of ['Remember that a breaking change begins', 'Remember that the breaking change is made']) {
      whenAt(fleet, state, () => minutes(0.5));
    }
    const group = autoScaling.group('market-stable');
    await fleet.enters(execution, 'Tell hosts that the maintenance begins');
    wire.onCall(async ({ operation }) => {
      if (operation === 'CompleteLifecycleAction') await fleet.enters(execution, PAGE_DOWN);
    });
    autoScaling.setDesired(group, group.desired + 1, 'more customers');
    await fleet.enters(execution, PAGE_DOWN);
    set('ALARM');
    expect(pages()).toBe(1);
    await minutes(10);
    expect([pages(), fleet.pointer('stable').phase]).toEqual([0, 'promoted']);
    set('OK');
  });
  expect(outcome).toMatchObject({ verdict: 'promoted' });
});

test('a person who aborts is heard while the page is up', async () => {
  await create();
  const { outcome } = await behindThePage(async (execution) => {
    await fleet.enters(execution, PAGE_UP);
    set('ALARM');
    await fleet.takeOut('wrong release');
  });
  expect(outcome).toMatchObject({ verdict: 'rolledBack', cause: 'aborted: wrong release' });
  await expectAtRest(fleet, 'r1');
});
