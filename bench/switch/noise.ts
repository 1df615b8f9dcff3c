import { readFileSync } from 'node:fs';

const SAMPLE_MS = 300;

/** How busy the machine is while the benchmark does nothing, in percent of all its cores. */
export async function busyPercent(): Promise<number> {
  const before = ticks();
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  const after = ticks();
  const all = after.all - before.all;
  return all === 0 ? 0 : (100 * (after.busy - before.busy)) / all;
}

function ticks(): { readonly all: number; readonly busy: number } {
  const [user, nice, system, idle, wait, irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]
    .split(/ +/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { all: busy + idle + wait, busy };
}
