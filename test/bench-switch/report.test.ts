import type { Benchmark, RowResult } from '../../bench/switch/benchmark';
import { ratio } from '../../bench/switch/benchmark';
import type { Figures } from '../../bench/switch/figures';
import { requiredRatio, shortfalls } from '../../bench/switch/limits';
import { toMarkdown } from '../../bench/switch/report';
import { type Change, FULL, type Size } from '../../bench/switch/sizes';

const SMALL: Size = { name: 'small', files: 500, bytes: 8_000 };
const LARGE: Size = { name: 'large', files: 20_000, bytes: 8_000 };

function figures(seconds: number, skewMs = 0): Figures {
  return { seconds, fastest: seconds - 0.1, slowest: seconds + 0.1, skewMs, worstSkewMs: 2 * skewMs };
}

function result(size: Size, hosts: number, ours: number, capistrano: number, skewMs = 0, change: Change = 'few'): RowResult {
  const row = { size, change, hosts, repetitions: 5 };
  const parts = { stageSeconds: ours - 0.1, activateSeconds: 0.1 };
  return { row, runs: 5, ours: { ...figures(ours, skewMs), ...parts }, capistrano: figures(capistrano, 40) };
}

function benchmark(...results: readonly RowResult[]): Benchmark {
  const machine = { cores: 2, processor: 'fast', system: 'Linux 6', fileSystem: 'ext4', capistrano: '3.17.2' };
  return { machine, archiveMegabytes: { small: 0.7, large: 30 }, results, noise: { median: 1, most: 9 } };
}

test('the ratio is how many times as fast as Capistrano', () => {
  expect(ratio(result(SMALL, 1, 0.5, 3))).toBe(6);
});

test('small must be 5 times as fast everywhere, large 3 times on up to 2 hosts', () => {
  expect(FULL.map((row) => requiredRatio(row))).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 3, 3, undefined, undefined, 3, 3]);
});

test('a row on its limit is within it, and one below it is named', () => {
  expect(shortfalls(benchmark(result(SMALL, 8, 1, 5), result(LARGE, 2, 1, 3), result(LARGE, 4, 1, 1)))).toEqual([]);
  expect(shortfalls(benchmark(result(SMALL, 1, 1, 4.9), result(LARGE, 2, 1, 2.9)))).toEqual([
    'small, few files new, 1 host: 4.9 times as fast as Capistrano, must be 5 times',
    'large, few files new, 2 hosts: 2.9 times as fast as Capistrano, must be 3 times',
  ]);
});

test('a skew of 200 ms is too much', () => {
  expect(shortfalls(benchmark(result(LARGE, 8, 1, 5, 199.9)))).toEqual([]);
  expect(shortfalls(benchmark(result(LARGE, 8, 1, 5, 200)))).toEqual([
    'large, few files new, 8 hosts: skew of the switch 200 ms, must be under 200 ms',
  ]);
});

test('the page has a line for each row, and skews only where there is more than one host', () => {
  const page = toMarkdown(benchmark(result(SMALL, 1, 0.5, 3), result(SMALL, 2, 0.6, 3, 12)));
  expect(page).toContain('Every row is within its limits.');
  expect(page).toContain('| small | few | 1 | 5 | 0.50 (0.40 to 0.60) | 0.40 + 0.10 | 3.00 (2.90 to 3.10) | 6.0 | 5 | - | - |');
  expect(page).toContain('| small | few | 2 | 12 (24) | 40 (80) |');
  expect(page).not.toContain('| small | few | 1 | 0 (0)');
});

test('the page names what is behind, and the column of a repository on the own disk', () => {
  const behind = { ...result(SMALL, 4, 1, 4, 0, 'all'), fromDisk: figures(2) };
  const page = toMarkdown(benchmark(behind));
  expect(page).toContain('- small, all files new, 4 hosts: 4.0 times as fast as Capistrano, must be 5 times');
  expect(page).toContain('| 4.0 | 5 | 2.00 (1.90 to 2.10) | 2.0 |');
});

test('every line of a table has as many columns as its head', () => {
  const lines = toMarkdown(benchmark(result(SMALL, 2, 1, 9), result(LARGE, 4, 9, 9)))
    .split('\n')
    .filter((line) => line.startsWith('|'));
  expect([...new Set(lines.map((line) => line.split('|').length))].sort()).toEqual([13, 7]);
});
