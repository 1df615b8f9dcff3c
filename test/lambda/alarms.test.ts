import { alarmsCount, checkNoneActive, minutesOfPage } from '../../lambda/core/alarms';

test.each([
  ['none', [], 0],
  ['one minute', [{ periodSeconds: 60, evaluationPeriods: 1 }], 6],
  ['three times five minutes', [{ periodSeconds: 300, evaluationPeriods: 3 }], 32],
  ['ten seconds', [{ periodSeconds: 10, evaluationPeriods: 3 }], 3],
  ['a day', [{ periodSeconds: 3600, evaluationPeriods: 24 }], 60],
  ['nobody knows', [{}], 60],
  [
    'the longest of several',
    [
      { periodSeconds: 60, evaluationPeriods: 1 },
      { periodSeconds: 60, evaluationPeriods: 5 },
    ],
    10,
  ],
])('how long alarms see the page: %s', (_, alarms, minutes) => {
  expect(minutesOfPage(alarms)).toBe(minutes);
});

test('alarms count but for the time of the page', () => {
  const at = '2026-01-01T12:00:00.000Z';
  expect(alarmsCount({}, at)).toBe(true);
  expect(alarmsCount({ maintenanceSince: '2026-01-01T11:59:00.000Z' }, at)).toBe(false);
  expect(alarmsCount({ alarmsCountFrom: '2026-01-01T12:00:00.001Z' }, at)).toBe(false);
  expect(alarmsCount({ alarmsCountFrom: at }, at)).toBe(true);
});

test('active alarms are named', () => {
  expect(() => checkNoneActive([])).not.toThrow();
  expect(() => checkNoneActive(['checkout', 'stock'])).toThrow('critical alarms are active: checkout, stock');
});
