import fc from 'fast-check';
import { canaryPercent, type ForwardAction, forwardsOnlyTo, onlyTo, split, weightsOf } from '../../lambda/core/rule';
import { settledWindow } from '../../lambda/core/time';

test('a share reads back as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99 }), fc.nat(604_800), (percent, stickiness) => {
      const actions = split('stable', 'canary', percent, stickiness);
      expect(canaryPercent(actions, 'stable', 'canary')).toBeCloseTo(percent, 9);
      expect(forwardsOnlyTo(actions, 'stable')).toBe(false);
    }),
  );
});

test('a rule at rest names the stable group alone, however AWS shows it', () => {
  const shown: ForwardAction[] = [
    { Type: 'forward', TargetGroupArn: 'stable', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'stable', Weight: 1 }] } },
  ];
  for (const actions of [onlyTo('stable'), shown]) {
    expect(forwardsOnlyTo(actions, 'stable')).toBe(true);
    expect(canaryPercent(actions, 'stable', 'canary')).toBe(0);
  }
});

test('a canary at weight 0 is still in the rule', () => {
  expect(forwardsOnlyTo(split('stable', 'canary', 0, 0), 'stable')).toBe(false);
});

test.each([[undefined], [[]], [[{ Type: 'fixed-response' }]], [onlyTo('other')], [split('stable', 'other', 10, 0)]])(
  'a rule that is not ours has no share: %j',
  (actions) => {
    expect(canaryPercent(actions, 'stable', 'canary')).toBeUndefined();
    expect(forwardsOnlyTo(actions, 'stable')).toBe(false);
  },
);

test('stickiness is written only where it is wanted', () => {
  const [off] = split('s', 'c', 10, 0);
  const [on] = split('s', 'c', 10, 600);
  expect(off.ForwardConfig).not.toHaveProperty('TargetGroupStickinessConfig');
  expect(on.ForwardConfig?.TargetGroupStickinessConfig).toEqual({ Enabled: true, DurationSeconds: 600 });
  expect(weightsOf(off ? [off] : [])).toEqual({ s: 90, c: 10 });
});

test('only whole minutes that have settled are judged', () => {
  const start = Date.parse('2026-01-05T09:01:00Z');
  expect(settledWindow('2026-01-05T09:00:20Z', '2026-01-05T09:06:59Z', 2)).toEqual({ start, end: start + 3 * 60_000, minutes: 3 });
  expect(settledWindow('2026-01-05T09:00:20Z', '2026-01-05T09:02:00Z', 2)).toEqual({ start, end: start, minutes: 0 });
});
