import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { marked } from '../../lab/world/live/marked-processes';
import { send } from '../../lab/world/live/process-group';

test('a process is found while it goes from one program to the next', async () => {
  for (let round = 0; round < 200; round++) {
    const mark = `ASG_CANARY_TEST_${process.pid}_${round}`;
    const shell = spawn('bash', ['-c', 'setsid sleep 60 >/dev/null 2>&1 & echo $!'], {
      env: { ...process.env, [mark]: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [printed] = await once(shell.stdout, 'data');
    const found = marked(`${mark}=1`);
    const pid = Number(String(printed));
    send(pid, 'SIGKILL');
    expect(found).toContain(pid);
  }
});
