import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ERROR_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import type { NullWatches } from './null-watches';

const WATCHES = 20_000;
const MINUTES = 60;
const SEED = 20_261;

/** In a process of its own: inside jest's sandbox every call of `Math` costs many times as much. */
function simulate(): NullWatches {
  const script = path.join(__dirname, 'null-watches.ts');
  const args = ['--no-warnings', '--require', 'tsx/cjs', script, ...[WATCHES, MINUTES, SEED].map(String)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('20,000 watches of an hour under the exact null, with a look each minute, have fewer false roll-backs than alpha', () => {
  const { reached, rolledBack } = simulate();
  const upperLimit = (reached + 3 * Math.sqrt(reached)) / WATCHES;
  expect(upperLimit).toBeLessThan(ERROR_SETTINGS.alpha);
  expect(rolledBack).toBeLessThanOrEqual(reached);
});
