import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FUNCTION_NAMES } from '../../lib/deployment/function-name';

const LAMBDA = path.join(__dirname, '..', '..', 'lambda');
const files = readdirSync(LAMBDA, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const read = (file: string) => readFileSync(path.join(LAMBDA, file), 'utf8');

test('there is a handler for each function of the construct, and no other', () => {
  const handlers = files.filter((file) => !file.includes(path.sep)).map((file) => file.slice(0, -'.ts'.length));
  expect(handlers.sort()).toEqual([...FUNCTION_NAMES].sort());
});

test('no function has a clock, chance or a timer of its own', () => {
  const clock = /Date\.now|new Date\(\)|performance\.now|Math\.random|randomUUID|randomBytes|setTimeout|setInterval|setImmediate/;
  expect(files.filter((file) => clock.test(read(file)))).toEqual([]);
});

test('decisions know neither AWS nor their surroundings', () => {
  const core = files.filter((file) => file.startsWith(`core${path.sep}`));
  expect(core.length).toBeGreaterThan(15);
  expect(core.filter((file) => /@aws-sdk|@smithy|process\.|console\.|\.\.\/aws\//.test(read(file)))).toEqual([]);
});

test('handlers call AWS through the adapters alone', () => {
  const outside = files.filter((file) => !file.startsWith(`aws${path.sep}`));
  expect(outside.filter((file) => /@aws-sdk/.test(read(file)))).toEqual([]);
});

test('every client has bounded attempts and time-outs', () => {
  const constructions = files.flatMap((file) => [...read(file).matchAll(/new \w+Client\(([^)]*)\)/g)].map(([, options]) => options));
  expect(constructions.length).toBeGreaterThan(6);
  expect(new Set(constructions)).toEqual(new Set(['CLIENT_OPTIONS']));
});
