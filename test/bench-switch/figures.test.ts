import { figuresOf, median, skewMs } from '../../bench/switch/figures';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([3])).toBe(3);
  expect(median([10, 1, 2])).toBe(2);
  expect(median([10, 1, 2, 4])).toBe(3);
  expect(() => median([])).toThrow('no median of nothing');
});

test('the median leaves what it was given as it was', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('the skew is the time between the first and the last switch, whatever their order', () => {
  const epoch = 1_795_000_000_000_000_000n;
  expect(skewMs([epoch + 5_000_000n, epoch, epoch + 1_500_000n])).toBe(5);
  expect(skewMs([epoch])).toBe(0);
});

test('a nanosecond counts, although it is lost in a number of today', () => {
  const epoch = 1_795_000_000_000_000_000n;
  expect(skewMs([epoch, epoch + 1n])).toBe(1e-6);
});

test('the repetitions are summed up', () => {
  const run = (seconds: number, skew: bigint) => ({ seconds, switched: [0n, skew * 1_000_000n] });
  expect(figuresOf([run(2, 9n), run(1, 1n), run(6, 3n)])).toEqual({ seconds: 2, fastest: 1, slowest: 6, skewMs: 3, worstSkewMs: 9 });
});
