import { expectFewerThanAlpha } from './simulate';

test('of 20,000 watches of an hour under the null hypothesis, less than alpha are rolled back', () => {
  expectFewerThanAlpha('errors', 20_000);
}, 600_000);
