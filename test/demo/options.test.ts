import { DemoProcess } from './demo-process';
import { TaggedRepository } from './tagged-repository';

const DEMO = 'bin/demo.ts';

let demo: DemoProcess | undefined;

afterEach(() => demo?.dispose());

test('help tells what the repository must hold', async () => {
  demo = new DemoProcess(DEMO, ['--help']);
  const { exitCode, stdout, stderr } = await demo.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/index\.js that exports a function\nhandler\(request, response\)/);
  expect(stdout).toMatch(/v3 answers some requests, .* a status of 500 to 599/s);
});

test('a static site is refused before anything is started', async () => {
  const site = new TaggedRepository();
  try {
    site.tag({ 'index.html': '<h1>Hello</h1>' }, 'v1', 'v2', 'v3');
    demo = new DemoProcess(DEMO, ['--quick', '--app', site.folder]);
    const { exitCode, stdout, stderr } = await demo.ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^demo: '--app' must have in each of the tags .* handler\(request, response\), .*; v1 has no index\.js\n$/);
  } finally {
    site.dispose();
  }
});
