import { ScaledClock } from '../../lab/clock/scaled-clock';

const START = new Date('2026-01-01T00:00:00Z');
const clockAt = (scale: number, onDefect: (error: unknown) => void = () => {}) => new ScaledClock(START, scale, onDefect);

test('a minute takes a second at 60 times', async () => {
  const clock = clockAt(600);
  const began = performance.now();

  await clock.run(() => clock.sleep(60_000));

  expect(performance.now() - began).toBeGreaterThan(95);
  expect(performance.now() - began).toBeLessThan(600);
});

test('never wakes early', async () => {
  const clock = clockAt(60);

  for (let round = 0; round < 20; round++) {
    const due = clock.now() + 100;
    await clock.sleep(100);
    expect(clock.now()).toBeGreaterThanOrEqual(due);
  }
});

test('a wait longer than 2^31 real milliseconds does not end at once', async () => {
  const clock = clockAt(1);
  const fired: string[] = [];
  clock.after(365 * 86_400_000, 'a year', () => void fired.push('fired'));

  await new Promise((resolve) => setTimeout(resolve, 30));

  expect(fired).toEqual([]);
  clock.stop();
});

test('a cancelled timer does not fire', async () => {
  const clock = clockAt(60);
  const fired: string[] = [];
  clock.after(60, 'timer', () => void fired.push('fired')).cancel();

  await clock.sleep(600);

  expect(fired).toEqual([]);
});

test('after stop nothing fires any more', async () => {
  const clock = clockAt(60);
  const fired: string[] = [];
  clock.after(60, 'before', () => void fired.push('before'));
  clock.stop();
  clock.after(60, 'after', () => void fired.push('after'));

  await new Promise((resolve) => setTimeout(resolve, 30));

  expect(fired).toEqual([]);
});

test('what an actor throws is reported and ends a run that still waits', async () => {
  const defects: unknown[] = [];
  const clock = clockAt(60, (error) => defects.push(error));
  clock.after(60, 'broken', () => {
    throw new Error('broken');
  });

  await expect(clock.run(() => new Promise(() => {}))).rejects.toThrow('broken');

  expect(defects).toEqual([expect.objectContaining({ message: 'broken' })]);
});

test.each([0, -1, Number.NaN])('refuses the scale %d', (scale) => {
  expect(() => clockAt(scale)).toThrow(RangeError);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to wait %d ms', async (ms) => {
  await expect(clockAt(60).sleep(ms)).rejects.toThrow(RangeError);
});
