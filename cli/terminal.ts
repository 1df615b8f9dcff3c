/** Where a command writes: results to `out`, progress and errors to `progress`. Replaced in tests. */
export interface Terminal {
  out(line: string): void;
  progress(line: string): void;
}

/** The process's own standard output and standard error. */
export const processTerminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  progress: (line) => void process.stderr.write(`${line}\n`),
};
