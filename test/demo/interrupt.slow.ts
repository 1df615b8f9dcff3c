import { DemoProcess } from './demo-process';

jest.setTimeout(120_000);

let demo: DemoProcess;

afterEach(() => demo.dispose());

test.each([
  ['while the stack is synthesized', /synthesizing/],
  ['while the stack is created', /creating the stack/],
  ['in a deployment', /v1 {2}/],
])('Ctrl-C %s stops and removes everything', async (_when, text) => {
  demo = new DemoProcess('bin/demo.ts', ['--quick']);
  await demo.says(text);
  expect(demo.family().length).toBeGreaterThan(0);
  demo.interrupt();
  const { exitCode, stderr } = await demo.ended;
  expect(stderr).toBe('demo: interrupted; everything that it started is stopped and removed\n');
  expect(exitCode).toBe(130);
  expect(demo.family()).toEqual([]);
  expect(demo.leftovers()).toEqual([]);
});
