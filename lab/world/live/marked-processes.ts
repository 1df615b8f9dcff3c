import { readdirSync, readFileSync } from 'node:fs';

/** How often a process that shows no environment is asked again, and after how many milliseconds. */
const PATIENCE = 50;
const PAUSE_MS = 1;
/** The flag of threads of the kernel in /proc/PID/stat: PF_KTHREAD of linux/sched.h. */
const KERNEL_THREAD = 0x00200000;

/**
 * Processes that were started with `NAME=value` in their environment, as Linux shows it in /proc;
 * empty on other systems and for processes of other users.
 */
export function marked(variable: string): number[] {
  const entry = Buffer.from(`\0${variable}\0`);
  return processIds().filter((pid) => Buffer.concat([Buffer.from('\0'), environmentOf(pid)]).includes(entry));
}

/** In the middle of execve(2) Linux shows no environment: such a process is asked again until it has begun its program. */
function environmentOf(pid: number): Buffer {
  try {
    for (let attempt = 1; ; attempt++) {
      const environment = readFileSync(`/proc/${pid}/environ`);
      if (environment.length > 0 || attempt === PATIENCE || neverHasOne(pid)) return environment;
      pause();
    }
  } catch {
    return Buffer.alloc(0);
  }
}

/** Whether it is a thread of the kernel, or has ended. */
function neverHasOne(pid: number): boolean {
  const [state, , , , , , flags] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return state === 'Z' || (Number(flags) & KERNEL_THREAD) !== 0;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== process.pid);
  } catch {
    return [];
  }
}
