import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assertReleases, RELEASE_RULE } from '../../bin/demo/releases';
import { type Files, TaggedRepository } from './tagged-repository';

const GOOD: Files = { 'index.js': 'exports.handler = (request, response) => response.end();' };
const LISTENS = `const server = require('node:http').createServer((request, response) => response.end()); server.listen(8080);`;

let repository: TaggedRepository;

beforeAll(() => {
  repository = new TaggedRepository();
  repository.tag(GOOD, 'v1', 'v2', 'v3');
});

afterEach(() => repository.tag(GOOD, 'v2'));
afterAll(() => repository.dispose());

/** The error that tells what v2 has instead. */
function refusal(found: string): Error {
  return new Error(`'--app' must have in each of the tags v1, v2, v3 ${RELEASE_RULE}; v2 has ${found}`);
}

function index(text: string): Files {
  return { 'index.js': text };
}

test.each<[string, Files]>([
  ['a handler', GOOD],
  ['a handler that is asynchronous', index('exports.handler = async () => {};')],
  ['a handler and a health check', index('exports.handler = () => {}; exports.health = () => {};')],
  ['a module with further files', { ...index(`exports.handler = require('./other').handler;`), 'other.js': GOOD['index.js'] }],
  ['a server that starts when it is the main module', index(`exports.handler = () => {}; if (require.main === module) { ${LISTENS} }`)],
  ['a module that writes when it is loaded', index(`console.log('{'); console.error('{'); exports.handler = () => {};`)],
  ['a timer that goes on', index('setInterval(() => {}, 1000); exports.handler = () => {};')],
])('%s can be served', (_name, files) => {
  repository.tag(files, 'v2');
  expect(() => assertReleases(repository.folder)).not.toThrow();
});

test.each<[string, Files, string]>([
  ['a static site', { 'index.html': '<h1>Hello</h1>' }, 'no index.js'],
  ['a server of its own', index(LISTENS), 'an index.js that exports no function handler but nothing and starts a server of its own'],
  ['a server besides the handler', index(`exports.handler = () => {}; ${LISTENS}`), 'an index.js that starts a server of its own'],
  ['another name', index('exports.app = () => {}; exports.run = 1;'), 'an index.js that exports no function handler but app, run'],
  ['a handler that is no function', index('exports.handler = {};'), 'an index.js that exports no function handler but handler'],
  ['a function alone', index('module.exports = () => {};'), 'an index.js that exports no function handler but nothing'],
  ['nothing at all', index('module.exports = null;'), 'an index.js that exports no function handler but nothing'],
  [
    'a health check that is no function',
    index('exports.handler = () => {}; exports.health = true;'),
    'an index.js that exports as health, which may be left out, a boolean and no function',
  ],
  ['a package that is not there', index(`require('express');`), `an index.js that cannot be loaded: Cannot find module 'express'`],
  ['a syntax error', index('exports.handler = (;'), `an index.js that cannot be loaded: Unexpected token ';'`],
  ['an exit', index('process.exit(3);'), 'an index.js that ends the process when it is loaded, with exit code 3'],
])('%s is refused by the name of its tag', (_name, files, found) => {
  repository.tag(files, 'v2');
  expect(() => assertReleases(repository.folder)).toThrow(refusal(found));
});

test('a loop without end is refused after its time', () => {
  repository.tag(index('for (;;);'), 'v2');
  expect(() => assertReleases(repository.folder, 3000)).toThrow(refusal('an index.js that was not loaded within 3 s'));
});

test('a file that is not committed does not count, and nothing is left behind', () => {
  const checks = () => readdirSync(tmpdir()).filter((name) => name.startsWith('asg-canary-check-'));
  const before = checks();
  repository.tag({ 'README.md': '' }, 'v2');
  writeFileSync(path.join(repository.folder, 'index.js'), GOOD['index.js']);
  expect(() => assertReleases(repository.folder)).toThrow('v2 has no index.js');
  expect(checks().filter((name) => !before.includes(name))).toEqual([]);
});

test('a folder inside of a repository is refused', () => {
  const inside = path.join(repository.folder, 'inside');
  mkdirSync(inside);
  expect(() => assertReleases(inside)).toThrow(`'--app' must be the root of a git repository, got ${inside}`);
});
