import type { ParseArgsConfig } from 'node:util';
import { version } from '../package.json';
import { abort } from './commands/abort';
import { start } from './commands/deploy';
import { plan } from './commands/plan';
import { judge } from './commands/replay';
import { status } from './commands/status';
import { ExitCode } from './exit-code';
import { explain } from './failure';
import { checkedReason, checkRequest } from './request';
import type { Terminal } from './terminal';
import { type Arguments, parseArguments, usage } from './usage';

const HELP = `usage: asg-canary COMMAND --fleet NAME [options]
       asg-canary plan --rpm NUMBER --error-rate PERCENT [options]
       asg-canary judge replay FILE [options]
       asg-canary help | version

  deploy    --ref GIT_REF | --release ID   build and roll out a git ref, or roll out a release that exists
            [--bootstrap]                  the fleet's first release: no canary, there is nothing to compare with
            [--allow-maintenance]          behind a maintenance page, where the running release does not bear the database's change
  rollback  [--release ID]                 put a retained release (default: the one before) back on every instance
  status    [--json]                       who holds the fleet, the canary's share of the traffic, the last deployments
  abort     --reason TEXT                  take the canary out of traffic at once; the deployment then rolls back

deploy and rollback: [--reason TEXT] [--requested-by NAME] [--no-wait] [--poll SECONDS, default 5]

Without AWS:
  plan      --rpm NUMBER --error-rate PERCENT   whether the steps would notice a bad release, when, and what that costs
            [--steps '10% 30m']                 weight and watch of each step, such as '5% 10m, 25% 20m'
            [--effect 5] [--difference 2%]      the smallest rise that must be noticed: so many times, and so much more
            [--no-latency] [--settle 2] [--warm-up 2] [--alpha 1%] [--json]
  judge     replay FILE                         judges recorded counts a minute, and tells when and why it would have decided
            [--effect 5] [--difference 2%] [--warm-up 0] [--alpha 1%] [--json]
            FILE is CSV with a line of names, or a JSON array of objects; oldest minute first:
            stableRequests,stableBad,canaryRequests,canaryBad[,stableSlow95,canarySlow95,stableSlow99,canarySlow99]

Region, credentials and endpoint are the AWS SDK's: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL ...

exit status: 0 done, 1 rolled back, 2 refused, 3 ended without an outcome,
4 held: the database was changed, 64 usage, 69 AWS not reached or not allowed;
of plan 0 detectable, 2 not; of judge replay 0 pass, 1 fail, 2 FILE is not valid, 3 inconclusive`;

/** Words that ask for the version. */
const VERSION = ['version', '--version', '-v'];
const FLEET_NAME = /^[a-z][a-z0-9-]{0,23}$/;

const START_OPTIONS = {
  release: { type: 'string' },
  reason: { type: 'string' },
  'requested-by': { type: 'string' },
  'no-wait': { type: 'boolean' },
  poll: { type: 'string' },
} as const;

const COMMANDS: Record<string, NonNullable<ParseArgsConfig['options']>> = {
  deploy: { ...START_OPTIONS, ref: { type: 'string' }, bootstrap: { type: 'boolean' }, 'allow-maintenance': { type: 'boolean' } },
  rollback: START_OPTIONS,
  status: { json: { type: 'boolean' } },
  abort: { reason: { type: 'string' } },
};

/** Commands that need neither a fleet nor AWS. */
const LOCAL_COMMANDS: Record<string, (args: readonly string[], terminal: Terminal) => number> = { plan, judge };

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
  if (command === undefined || command === 'help' || [command, ...rest].some((word) => word === '--help' || word === '-h')) {
    terminal.out(HELP);
    return command === undefined ? ExitCode.USAGE : ExitCode.DONE;
  }
  if (VERSION.includes(command)) {
    terminal.out(version);
    return ExitCode.DONE;
  }
  if (Object.hasOwn(LOCAL_COMMANDS, command)) return LOCAL_COMMANDS[command](rest, terminal);
  if (!Object.hasOwn(COMMANDS, command)) {
    throw usage(`the command must be one of ${[...Object.keys(COMMANDS), ...Object.keys(LOCAL_COMMANDS)].join(', ')}, got ${command}`);
  }
  const { values } = parseArguments(rest, { fleet: { type: 'string' }, ...COMMANDS[command] });
  if (values.fleet === undefined) throw usage(`'--fleet' is required: the 'fleetName' of the stack's CanaryFleet`);
  if (!FLEET_NAME.test(values.fleet))
    throw usage(`'--fleet' must be a letter and up to 23 further letters, digits and hyphens, all in lower case, got '${values.fleet}'`);
  switch (command) {
    case 'status':
      return status(values.fleet, values.json !== undefined, terminal);
    case 'abort':
      return abort(values.fleet, requiredReason(values.reason), terminal);
    case 'deploy':
      if ((values.ref === undefined) === (values.release === undefined))
        throw usage(`'deploy' needs exactly one of '--ref' and '--release'`);
      return start(startOptions('deploy', values), terminal);
    default:
      return start(startOptions('rollback', values), terminal);
  }
}

function requiredReason(reason: string | undefined): string {
  if (reason === undefined) throw usage(`'--reason' is required: it becomes the cause that the history names`);
  return checkedReason(reason);
}

function startOptions(mode: 'deploy' | 'rollback', values: Arguments['values']) {
  const pollSeconds = Number(values.poll ?? 5);
  if (!(pollSeconds > 0)) throw usage(`'--poll' must be a number of seconds above 0, got ${values.poll}`);
  const request = {
    mode,
    ref: values.ref,
    release: values.release,
    bootstrap: values.bootstrap === undefined ? undefined : true,
    allowMaintenance: values['allow-maintenance'] === undefined ? undefined : true,
    reason: values.reason === undefined ? undefined : checkedReason(values.reason),
    requestedBy: values['requested-by'],
  };
  checkRequest(request);
  return {
    fleet: values.fleet!,
    ...request,
    wait: values['no-wait'] === undefined,
    pollSeconds,
  };
}
