import { type ParseArgsConfig, parseArgs } from 'node:util';
import { version } from '../package.json';
import { abort } from './commands/abort';
import { start } from './commands/deploy';
import { status } from './commands/status';
import { CommandError, ExitCode } from './exit-code';
import { explain } from './failure';
import type { Terminal } from './terminal';

const HELP = `usage: asg-canary COMMAND --fleet NAME [options]
       asg-canary help | --version

  deploy    --ref GIT_REF | --release ID   build and roll out a git ref, or roll out a release that exists
            [--bootstrap]                  the fleet's first release: no canary, there is nothing to compare with
  rollback  [--release ID]                 put a retained release (default: the one before) back on every instance
  status    [--json]                       who holds the fleet, the canary's share of the traffic, the last deployments
  abort     --reason TEXT                  take the canary out of traffic at once; the deployment then rolls back

deploy and rollback: [--reason TEXT] [--requested-by NAME] [--no-wait] [--poll SECONDS, default 5]
Region, credentials and endpoint are the AWS SDK's: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL ...

exit status: 0 done, 1 rolled back, 2 refused, 3 ended without an outcome, 64 usage, 69 AWS not reached or not allowed`;

const FLEET_NAME = /^[a-z][a-z0-9-]{0,23}$/;
/** Longest reason that the fleet's functions take, in characters. */
const LONGEST_REASON = 500;

const START_OPTIONS = {
  release: { type: 'string' },
  reason: { type: 'string' },
  'requested-by': { type: 'string' },
  'no-wait': { type: 'boolean' },
  poll: { type: 'string' },
} as const;

const COMMANDS: Record<string, NonNullable<ParseArgsConfig['options']>> = {
  deploy: { ...START_OPTIONS, ref: { type: 'string' }, bootstrap: { type: 'boolean' } },
  rollback: START_OPTIONS,
  status: { json: { type: 'boolean' } },
  abort: { reason: { type: 'string' } },
};

/** Runs one command line and returns its exit status; errors are told, never thrown. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    const { message, exitCode } = explain(error);
    terminal.progress(`asg-canary: ${message}`);
    return exitCode;
  }
}

async function dispatch([command, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (command === undefined || command === 'help' || [command, ...rest].includes('--help')) {
    terminal.out(HELP);
    return command === undefined ? ExitCode.USAGE : ExitCode.DONE;
  }
  if (command === '--version') {
    terminal.out(version);
    return ExitCode.DONE;
  }
  const options = COMMANDS[command];
  if (options === undefined) throw usage(`the command must be one of ${Object.keys(COMMANDS).join(', ')}, got ${command}`);
  const values = parse(rest, options);
  if (values.fleet === undefined) throw usage(`'--fleet' is required: the 'fleetName' of the stack's CanaryFleet`);
  if (!FLEET_NAME.test(values.fleet))
    throw usage(`'--fleet' must be a letter and up to 23 further letters, digits and hyphens, all in lower case, got '${values.fleet}'`);
  switch (command) {
    case 'status':
      return status(values.fleet, values.json !== undefined, terminal);
    case 'abort':
      return abort(values.fleet, checkedReason(values.reason), terminal);
    case 'deploy':
      if ((values.ref === undefined) === (values.release === undefined))
        throw usage(`'deploy' needs exactly one of '--ref' and '--release'`);
      return start(startOptions('deploy', values), terminal);
    default:
      return start(startOptions('rollback', values), terminal);
  }
}

function checkedReason(reason: string | undefined): string {
  if (reason === undefined) throw usage(`'--reason' is required: it becomes the cause that the history names`);
  if (reason.trim() === '' || reason.length > LONGEST_REASON)
    throw usage(`'--reason' must be a text of 1 to ${LONGEST_REASON} characters, got ${reason.trim() === '' ? 'none' : reason.length}`);
  return reason;
}

type Values = Record<string, string | undefined>;

function parse(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): Values {
  try {
    const { values } = parseArgs({ args: [...args], options: { fleet: { type: 'string' }, ...options }, strict: true });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function startOptions(mode: 'deploy' | 'rollback', values: Values) {
  const pollSeconds = Number(values.poll ?? 5);
  if (!(pollSeconds > 0)) throw usage(`'--poll' must be a number of seconds above 0, got ${values.poll}`);
  return {
    fleet: values.fleet!,
    mode,
    ref: values.ref,
    release: values.release,
    bootstrap: values.bootstrap === undefined ? undefined : true,
    reason: values.reason,
    requestedBy: values['requested-by'],
    wait: values['no-wait'] === undefined,
    pollSeconds,
  };
}

function usage(message: string): CommandError {
  return new CommandError(`${message} (see asg-canary --help)`, ExitCode.USAGE);
}
