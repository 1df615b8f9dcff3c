import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** Which top-level folders a folder's files may import from, besides its own. */
const ARROWS: Record<string, readonly string[]> = {
  lib: [],
  lambda: ['lib/deployment/contract'],
  cli: ['package.json', 'lambda/core'],
  lab: [],
  bench: ['lambda/core/judge', 'lab'],
  bin: ['lib', 'cli', 'lab', 'examples'],
  examples: ['lib'],
};

function sources(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mts|js|mjs)$/.test(file))
    .map((file) => path.join(folder, file));
}

/** Project-relative paths that a source imports or requires. */
function imports(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:from|import|require\()\s*['"](\.[^'"]*)['"]/g)].map(([, target]) =>
    path.normalize(path.join(path.dirname(file), target)),
  );
}

function violations(folder: string, file: string): string[] {
  const allowed = [folder, ...ARROWS[folder]];
  return imports(file)
    .filter((target) => !allowed.some((prefix) => target === prefix || target.startsWith(`${prefix}/`)))
    .map((target) => `${file} -> ${target}`);
}

test.each(Object.keys(ARROWS))('imports of %s/ point the allowed way', (folder) => {
  const files = sources(folder);
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => violations(folder, file))).toEqual([]);
});

/** Files of a folder that match a pattern. */
function matching(folder: string, pattern: RegExp): string[] {
  const files = sources(folder);
  expect(files.length).toBeGreaterThan(0);
  return files.filter((file) => pattern.test(readFileSync(path.join(ROOT, file), 'utf8')));
}

test('functions take their time from the state machine and never wait or draw by themselves', () => {
  expect(matching('lambda', /Date\.now|new Date\(\)|performance\.|hrtime|setTimeout|setInterval|Math\.random|randomUUID/)).toEqual([]);
});

test('lambda/core knows neither AWS nor its environment', () => {
  expect(matching('lambda/core', /@aws-sdk|process\.env|node:fs|node:http/)).toEqual([]);
});

test('no source file is longer than 400 lines', () => {
  const long = [...Object.keys(ARROWS), 'host', 'test', 'scripts']
    .flatMap(sources)
    .filter((file) => readFileSync(path.join(ROOT, file), 'utf8').trimEnd().split('\n').length > 400);
  expect(long).toEqual([]);
});
