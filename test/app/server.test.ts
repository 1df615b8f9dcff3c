import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

describe('the web runtime of the reference application', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hello-web-'));
  let server: ChildProcess;
  let url: string;

  const addRelease = (id: string, source: string) => {
    mkdirSync(path.join(folder, 'releases', id), { recursive: true });
    writeFileSync(path.join(folder, 'releases', id, 'index.js'), source);
  };
  const activate = (id: string) => {
    symlinkSync(`releases/${id}`, path.join(folder, 'next'));
    renameSync(path.join(folder, 'next'), path.join(folder, 'current'));
  };
  const get = async (route = '/') => {
    const response = await fetch(url + route);
    return { status: response.status, release: response.headers.get('x-release'), body: await response.text() };
  };

  beforeAll(async () => {
    server = spawn(process.execPath, [path.join(ROOT, 'examples/hello-web/server.js')], {
      env: { APP_DIR: folder, HOST: '127.0.0.1', PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const line = await new Promise<string>((resolve) => server.stdout!.once('data', (chunk) => resolve(String(chunk))));
    url = `http://${/127\.0\.0\.1:\d+/.exec(line)}`;
  });

  afterAll(async () => {
    const closed = new Promise((resolve) => server.once('close', resolve));
    server.kill('SIGTERM');
    await closed;
    rmSync(folder, { recursive: true });
  });

  test('is unhealthy while there is no release at all', async () => {
    expect(await get('/health')).toMatchObject({ status: 503 });
  });

  test('serves the placeholder, which passes the health check', async () => {
    cpSync(path.join(ROOT, 'host/placeholder'), path.join(folder, 'releases/placeholder'), { recursive: true });
    activate('placeholder');
    expect(await get('/health')).toMatchObject({ status: 200, release: 'placeholder' });
    expect((await get()).body).toContain('No release yet');
  });

  test('serves another release from the very next request after the link was switched, and back', async () => {
    addRelease('v1', `exports.handler = (request, response) => response.end('one');`);
    addRelease('v2', `let served = 0; exports.handler = (request, response) => response.end('two ' + ++served);`);
    activate('v1');
    expect(await get()).toEqual({ status: 200, release: 'v1', body: 'one' });
    activate('v2');
    expect(await get()).toEqual({ status: 200, release: 'v2', body: 'two 1' });
    activate('v1');
    expect(await get()).toEqual({ status: 200, release: 'v1', body: 'one' });
    activate('v2');
    expect((await get()).body).toBe('two 2');
  });

  test('asks the release for its health where it has an opinion', async () => {
    addRelease('ill', `exports.handler = () => {}; exports.health = (request, response) => response.writeHead(500).end('ill');`);
    activate('ill');
    expect(await get('/health')).toMatchObject({ status: 500, release: 'ill', body: 'ill' });
  });

  test.each([
    ['throws at load', `throw new Error('broken');`],
    ['has no handler', `exports.other = 1;`],
    ['throws for a request', `exports.handler = () => { throw new Error('broken'); };`],
    ['rejects', `exports.handler = async () => { throw new Error('broken'); };`],
  ])('answers 500 and lives on with a release that %s', async (name, source) => {
    const id = name.replaceAll(' ', '-');
    addRelease(id, source);
    activate(id);
    expect((await get()).status).toBe(500);
    activate('v1');
    expect((await get()).body).toBe('one');
  });
});
