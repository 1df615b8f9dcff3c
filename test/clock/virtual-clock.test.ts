import fc from 'fast-check';
import { VirtualClock } from '../../lab/clock/virtual-clock';

const START = new Date('2026-01-01T00:00:00Z');
const clockAt0 = () => new VirtualClock(START);
const seconds = (clock: VirtualClock) => (clock.now() - START.getTime()) / 1000;

test('time stands still while an actor works and jumps over its waits', async () => {
  const clock = clockAt0();

  await clock.run(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seconds(clock)).toBe(0);
    await clock.sleep(3_600_000);
  });

  expect(seconds(clock)).toBe(3600);
});

test('timers fire by time, and in the order of their setting at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 20 }), async (waits) => {
      const clock = clockAt0();
      const fired: [number, number][] = [];
      waits.forEach((wait, index) => {
        clock.after(wait, 'timer', () => void fired.push([wait, index]));
      });

      await clock.run(() => clock.sleep(10));

      const byTime = waits.map((wait, index): [number, number] => [wait, index]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(fired).toEqual(byTime);
    }),
  );
});

test('an actor waits for what another brings about', async () => {
  const clock = clockAt0();

  const waited = await clock.run(async () => {
    const event = new Promise<string>((resolve) => clock.after(5_000, 'event', () => resolve('there')));
    return clock.waitFor(event);
  });

  expect(waited).toBe('there');
  expect(seconds(clock)).toBe(5);
});

test('a cancelled timer does not fire and does not move time', async () => {
  const clock = clockAt0();
  const fired: string[] = [];
  const timer = clock.after(1_000, 'timer', () => void fired.push('fired'));
  timer.cancel();

  await expect(clock.run(() => clock.waitFor(new Promise(() => {})))).rejects.toThrow(/deadlock/);

  expect(fired).toEqual([]);
  expect(seconds(clock)).toBe(0);
});

test('what an actor throws ends the run', async () => {
  const clock = clockAt0();
  clock.after(1_000, 'broken', () => {
    throw new Error('broken');
  });

  await expect(clock.run(() => clock.sleep(5_000))).rejects.toThrow('broken');
});

test('two runs at once share one time', async () => {
  const clock = clockAt0();
  const at: number[] = [];
  const sleeper = (ms: number) =>
    clock.run(async () => {
      await clock.sleep(ms);
      at.push(seconds(clock));
    });

  await Promise.all([sleeper(2_000), sleeper(1_000), sleeper(3_000)]);

  expect(at).toEqual([1, 2, 3]);
});

test('a run that ends leaves later timers pending', async () => {
  const clock = clockAt0();
  const fired: string[] = [];
  clock.after(10_000, 'later', () => void fired.push('fired'));

  await clock.run(() => clock.sleep(1_000));
  expect(fired).toEqual([]);
  await clock.run(() => clock.sleep(9_000));

  expect(fired).toEqual(['fired']);
});

test('after stop nothing fires any more', async () => {
  const clock = clockAt0();
  const fired: string[] = [];
  clock.after(10, 'before', () => void fired.push('before'));
  clock.stop();
  clock.after(10, 'after', () => void fired.push('after'));

  await expect(clock.run(() => clock.sleep(100))).rejects.toThrow(/deadlock/);
  expect(fired).toEqual([]);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to wait %d ms', async (ms) => {
  await expect(clockAt0().run(() => clockAt0().sleep(ms))).rejects.toThrow(RangeError);
});
