import type { GroupRole } from '../../lib/deployment/contract';
import { DeploymentError } from './errors';
import { minutesBetween } from './time';

/** A command that was sent to at most 50 hosts. */
export interface SentCommand {
  /** `NOT_SENT` for hosts that Systems Manager does not know. */
  readonly id: string;
  readonly instances: readonly string[];
}

/** Stands for the id of a command that was not sent. */
export const NOT_SENT = '';

/** Steps of a release that run on instances: host/README.md. */
export type ReleaseStep = 'check' | 'backup' | 'migrate' | 'maintenance-on' | 'maintenance-off' | 'after-promotion' | 'after-rollback';

/** `$.staging`, `$.activation`, `$.revert` of the state machine. */
export interface Sending {
  /** The command, or the step. */
  readonly command: string;
  readonly group: GroupRole;
  /** Whether each host must succeed, also one that left its group meanwhile. */
  readonly strict: boolean;
  /** Whether it goes on where the deployment was aborted. */
  readonly wayBack: boolean;
  readonly commands: readonly SentCommand[];
  readonly sent: string;
}

/** What Systems Manager counts of a command, whatever the number of its hosts. */
export interface CommandCounts {
  readonly status: string;
  readonly targets: number;
  readonly completed: number;
  readonly errors: number;
  readonly undelivered: number;
}

/** How a command ended on one host. */
export interface HostResult {
  readonly instance: string;
  readonly status: string;
}

/** A host on which a command did not succeed. */
export interface FailedHost {
  readonly instance: string;
  readonly status: string;
  /** The last line that the host program wrote to its standard error; empty where there is none. */
  readonly message: string;
}

/** How long a command may take in all. */
const PATIENCE_MINUTES = 60;
const RUNNING = ['Pending', 'InProgress', 'Cancelling', 'Delayed'];

/** True where all hosts of the command are through, with or without success. */
export function isOver(counts: CommandCounts | undefined): boolean {
  return counts !== undefined && (!RUNNING.includes(counts.status) || (counts.targets > 0 && counts.completed >= counts.targets));
}

/** True only where each host that the command was sent to succeeded. */
export function allSucceeded(counts: CommandCounts, command: SentCommand): boolean {
  const { status, targets, completed, errors, undelivered } = counts;
  return status === 'Success' && targets === command.instances.length && completed === targets && errors === 0 && undelivered === 0;
}

/** The hosts of a command that did not succeed, those that it never reached among them. */
export function unsuccessful(command: SentCommand, results: readonly HostResult[]): HostResult[] {
  const statuses = new Map(results.map((result) => [result.instance, result.status]));
  return command.instances
    .map((instance) => ({ instance, status: statuses.get(instance) ?? 'NotReached' }))
    .filter((result) => result.status !== 'Success');
}

/** True where the hosts had time enough. */
export function isOverdue({ sent }: Sending, now: string): boolean {
  return minutesBetween(sent, now) >= PATIENCE_MINUTES;
}

/** How the programs on a host begin their messages. */
const PROGRAM = /^asg-canary-(?:host|step): /;
/** The last line of what a host wrote that says something. */
export function lastLine(stderr: string): string {
  const newestFirst = stderr
    .split('\n')
    .map((line) => line.trim())
    .reverse();
  const own = newestFirst.find((line) => PROGRAM.test(line));
  const last = own ?? newestFirst.find((line) => line !== '' && !line.startsWith('failed to run commands')) ?? '';
  return last.replace(PROGRAM, '').slice(0, 500);
}

/** The error that says what failed, on which hosts. */
export function hostsFailed(command: string, failed: readonly FailedHost[], total: number): DeploymentError {
  const told = failed.slice(0, 3).map(({ instance, status, message }) => `${instance}: ${message || status}`);
  const more = failed.length > told.length ? ` and ${failed.length - told.length} more` : '';
  return new DeploymentError(
    'HostCommandFailed',
    `'${command}' failed on ${failed.length} of ${total} instances: ${told.join('; ')}${more}`,
  );
}
