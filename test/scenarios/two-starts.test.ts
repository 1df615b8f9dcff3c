import { SimulatedLab } from '../../lab/simulated-lab';
import { Fleet } from './fleet';
import { Turns } from './turns';

let fleet: Fleet;
let turns: Turns;

afterAll(() => SimulatedLab.closeShared());

/** Each start reads the lock and writes it: every order in which the four calls can come. */
const ORDERS = ['AABB', 'ABAB', 'ABBA', 'BBAA', 'BABA', 'BAAB'];

describe.each([
  ['a fleet that has never been locked', 0],
  ['a fleet whose lock is free', 1],
])('%s', (_name, epoch) => {
  beforeEach(async () => {
    fleet = await Fleet.create({ committed: null, serialise: false, traffic: { requestsPerMinute: () => 0 } });
    for (let earlier = 0; earlier < epoch; earlier++) await fleet.run({ mode: 'rollback' });
    await fleet.lab.pass(1);
    turns = new Turns(fleet.lab);
  });
  afterEach(() => fleet.close());

  test.each(ORDERS)('two starts whose calls come in the order %s: one gets the fleet, the other is told who', async (order) => {
    const before = await fleet.dump();
    expect(Number(fleet.lock()?.epoch?.N ?? 0)).toBe(epoch);
    const ended = await fleet.lab.run(async () => {
      const executions: Record<string, string> = {};
      for (const letter of 'AB') executions[letter] = await turns.begin(() => fleet.start({ mode: 'rollback' }));
      for (const letter of order) await turns.on(executions[letter]);
      const holder = fleet.lock()!.holder.S!;
      const other = Object.values(executions).find((execution) => execution !== holder)!;
      while (turns.holds(other)) await turns.on(other);
      const lost = await fleet.ended(other);
      turns.end();
      return { won: await fleet.ended(holder), lost };
    });
    expect(ended.lost).toMatchObject({ status: 'FAILED', error: 'Refused', outcome: { verdict: 'refused', epoch: 0 } });
    expect(ended.lost.outcome.cause).toContain(`the fleet is held by ${ended.won.executionArn} since 2026-01-05T`);
    expect(ended.won.outcome).toMatchObject({ verdict: 'refused', epoch: epoch + 1 });
    expect(ended.won.outcome.cause).toMatch(/the fleet has no committed release$/);
    expect(await fleet.dump()).toEqual(before);
  });
});

test('a start beside a deployment that watches its canary is refused and disturbs nothing', async () => {
  fleet = await Fleet.create();
  fleet.release('r2');
  const { first, second } = await fleet.lab.run(async () => {
    const running = fleet.start({ release: 'r2' });
    await fleet.enters(running, 'Analyse canary', 3);
    const weight = fleet.canaryWeight();
    const refused = await fleet.ended(fleet.start({ release: 'r1' }));
    expect(fleet.canaryWeight()).toBe(weight);
    return { first: await fleet.ended(running), second: refused };
  });
  expect(second.outcome).toMatchObject({ verdict: 'refused', cause: expect.stringContaining(first.executionArn) });
  expect(first.outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
  await fleet.close();
});
