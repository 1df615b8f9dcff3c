import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { LoopbackNetwork } from '../../lab/world/live/loopback-network';

const SOURCE = path.join(__dirname, '..', '..', 'lab', 'world', 'live', 'loopback-network.ts');

/** The network that another process on this machine would take now. */
function takenElsewhere(): string {
  const script = `require(${JSON.stringify(SOURCE)}).LoopbackNetwork.claim().then(({ prefix }) => { console.log(prefix); process.exit(); })`;
  return execFileSync(process.execPath, ['--no-warnings', '--require', 'tsx/cjs', '--eval', script], { encoding: 'utf8' }).trim();
}

test('no two labs on a machine have the same addresses', async () => {
  const [first, second] = [await LoopbackNetwork.claim(), await LoopbackNetwork.claim()];
  expect(first.prefix).toMatch(/^127\.\d{3}$/);
  expect(new Set([first.prefix, second.prefix, takenElsewhere()]).size).toBe(3);
  await Promise.all([first.release(), second.release()]);
});

test('the addresses of a lab that has ended are free again: there are more labs than networks', async () => {
  for (let lab = 0; lab < 200; lab++) await (await LoopbackNetwork.claim()).release();
});
