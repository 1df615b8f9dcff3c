import { Failure } from './failure';
import type { Json } from './json';
import { Stopped } from './line';
import type { ParallelState } from './model';
import type { Runner, Visit } from './runner';

/** Runs all branches at once; the first failure stops the others. @throws Failure */
export async function runParallel(runner: Runner, state: ParallelState, input: Json, visit: Visit): Promise<Json> {
  const { line } = visit;
  const { clock } = runner.options;
  runner.record(line, 'ParallelStateStarted');
  const branches = state.branches.map((machine) => ({ machine, line: line.branch() }));
  const results: Json[] = [];
  let pending = branches.length;
  const failure = await clock.waitFor(
    new Promise<Failure | undefined>((resolve) => {
      const forget = line.onStop(() => resolve(undefined));
      const finish = (result: Failure | undefined) => {
        forget();
        resolve(result);
      };
      branches.forEach((branch, index) => {
        clock.spawn(`branch ${index + 1} of '${state.name}'`, async () => {
          try {
            results[index] = await runner.runMachine(branch.machine, input, branch.line);
            line.previous = branch.line.previous;
            pending--;
            if (pending === 0) finish(undefined);
          } catch (error) {
            if (error instanceof Stopped) return;
            if (!(error instanceof Failure)) throw error;
            line.previous = branch.line.previous;
            for (const other of branches) other.line.stop();
            finish(error);
          }
        });
      });
    }),
  );
  line.check();
  if (failure) {
    runner.record(line, 'ParallelStateFailed');
    throw failure;
  }
  runner.record(line, 'ParallelStateSucceeded');
  return results;
}
