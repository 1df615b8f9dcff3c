import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { ERROR_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import type { NullMetric, NullWatches } from './null-watches';

/** In a process of its own: inside jest's sandbox every call of `Math` costs many times as much. */
const script = buildSync({
  entryPoints: [path.join(__dirname, 'null-watches.ts')],
  bundle: true,
  platform: 'node',
  write: false,
}).outputFiles[0].text;

/** Watches of an hour with a look each minute, of a canary that is `worse` times as bad as the hypothesis allows. */
export function simulate(metric: NullMetric, worse: number, watches: number): NullWatches {
  return JSON.parse(execFileSync(process.execPath, ['-', metric, `${worse}`, `${watches}`], { input: script, encoding: 'utf8' }));
}

/** Expects fewer than alpha of so many watches under the null hypothesis to be rolled back, with three standard errors to spare. */
export function expectFewerThanAlpha(metric: NullMetric, watches: number): void {
  const { reached, rolledBack } = simulate(metric, 1, watches);
  const upperLimit = (reached + 3 * Math.sqrt(Math.max(1, reached))) / watches;
  expect(upperLimit).toBeLessThan(ERROR_SETTINGS.alpha);
  expect(rolledBack).toBeLessThanOrEqual(reached);
}
