import { Random } from '../../lab/kernel/random';
import { poisson } from '../../lab/world/simulated/draws';
import type { Minute } from '../../lambda/core/judge/evidence';
import { judge } from '../../lambda/core/judge/judge';
import { ANALYSIS, PLAN } from './minutes';

const MINUTES = 60;
const source = { namespace: 'Shop', metricName: 'x', dimensions: {} };
const orders = {
  id: 'orders',
  name: 'orders',
  kind: 'mustNotFall' as const,
  stable: { count: source, total: source },
  canary: { count: source, total: source },
  critical: true,
  dryRun: false,
  smallestEffect: { ratio: 1.5, difference: 0 },
  delayMinutes: 10,
};

/** Minutes of a group in which so many checkouts begin, of which a share ends in an order some minutes later. */
function checkouts(random: Random, weightAt: (minute: number) => number, perMinute: number, share: number): Minute[] {
  const totals = new Array<number>(MINUTES).fill(0);
  const counts = new Array<number>(MINUTES).fill(0);
  for (let minute = 0; minute < MINUTES; minute++) {
    totals[minute] = poisson(random, perMinute * weightAt(minute));
    for (let checkout = 0; checkout < totals[minute]; checkout++) {
      if (random.next() >= share) continue;
      const ordered = minute + Math.floor(-3 * Math.log(1 - random.next()));
      if (ordered < MINUTES) counts[ordered]++;
    }
  }
  return totals.map((total, minute) => ({ at: minute * 60_000, values: { 'orders.total': total, 'orders.count': counts[minute] } }));
}

/** The share of watches in which the canary was sent back for its orders, looked at every minute. */
function sentBack(perMinute: number, share: { stable: number; canary: number }, watches: number): number {
  let failed = 0;
  for (let seed = 1; seed <= watches; seed++) {
    const random = new Random(seed);
    const weightAt = (minute: number) => (minute < 20 ? 0.05 : 0.25);
    const canary = checkouts(random, weightAt, perMinute, share.canary);
    const stable = checkouts(random, (minute) => 1 - weightAt(minute), perMinute, share.stable);
    const shifts = [new Date(0).toISOString(), new Date(20 * 60_000).toISOString()];
    for (let now = 12; now < MINUTES; now++) {
      const settled = { stable: stable.slice(0, now), canary: canary.slice(0, now) };
      const unsettled = { stable: [], canary: [] };
      const { metrics } = judge({
        settled,
        unsettled,
        shifts,
        expected: { custom: {} },
        plan: PLAN,
        analysis: ANALYSIS,
        custom: [orders],
      });
      if (metrics[2].verdict !== 'fail') continue;
      failed++;
      break;
    }
  }
  return failed / watches;
}

test.each([10, 30, 300])('orders that come minutes after %i checkouts a minute do not look like a fall', (perMinute) => {
  expect(sentBack(perMinute, { stable: 0.6, canary: 0.6 }, 40)).toBeLessThanOrEqual(0.05);
});

test('a fall is found though orders come late', () => {
  expect(sentBack(300, { stable: 0.6, canary: 0.35 }, 10)).toBe(1);
});
