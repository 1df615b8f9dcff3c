import { exitCodeOf, followExecution, outcomeOf, startExecution } from '../execution';
import { CommandError, ExitCode } from '../exit-code';
import { explain } from '../failure';
import { findFleet } from '../fleet';
import type { Terminal } from '../terminal';

/** What `deploy` and `rollback` are asked to do. */
export interface StartOptions {
  readonly fleet: string;
  readonly mode: 'deploy' | 'rollback';
  readonly ref?: string;
  readonly release?: string;
  readonly bootstrap?: boolean;
  readonly allowMaintenance?: boolean;
  readonly reason?: string;
  readonly requestedBy?: string;
  /** False returns as soon as the execution has started. */
  readonly wait: boolean;
  readonly pollSeconds: number;
}

/** Starts a deployment or a roll-back to a retained release and, unless told not to, waits for its outcome. */
export async function start(options: StartOptions, terminal: Terminal): Promise<number> {
  const { fleet, wait, pollSeconds, ...input } = options;
  const settings = await findFleet(fleet);
  const executionArn = await startExecution(settings.stateMachineArn, input);
  terminal.progress(`started ${executionArn}`);
  if (!wait) {
    terminal.out(executionArn);
    return ExitCode.DONE;
  }
  const execution = await followExecution(executionArn, pollSeconds, terminal).catch((error: unknown) => {
    const message = `${explain(error).message}; the deployment goes on without this command: see asg-canary status --fleet ${fleet}`;
    throw new CommandError(message, ExitCode.UNAVAILABLE);
  });
  const outcome = outcomeOf(execution);
  if (outcome === undefined) {
    const why = [execution.error, execution.cause].filter((part) => part !== undefined).join(' ');
    terminal.progress(`the execution ended ${execution.status} without an outcome${why && `: ${why}`}; the fleet recovers by itself`);
  } else {
    terminal.out(JSON.stringify(outcome));
    terminal.progress(`${outcome.verdict}: ${outcome.cause ?? outcome.release ?? ''}`);
  }
  return exitCodeOf(execution);
}
