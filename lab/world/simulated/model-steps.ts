import type { ScriptResult } from '../../kernel/world';
import type { HostResult } from '../model/model-host';
import type { DatabaseNeeds, ModelDatabase } from './model-database';

/** What a step is called with. */
export interface StepCall {
  readonly step: string;
  readonly release: string;
  readonly sha256: string;
  readonly epoch: string;
}

/** What a step needs of its machine. */
export interface StepHost {
  readonly database: ModelDatabase;
  /** What the release asks of the database; undefined where it has no steps. */
  readonly needs: DatabaseNeeds | undefined;
  /** Shows the maintenance page, or takes it down. */
  showPage(isUp: boolean): void;
  /** Runs the host program. */
  run(argv: readonly string[]): Promise<HostResult>;
}

const FENCED = ['backup', 'migrate', 'maintenance-on'];

/** The model of `asg-canary-step` on one machine: what its database and its web server do, and what it prints. */
export class ModelSteps {
  /** How each migration ended, by epoch. */
  private readonly records = new Map<string, ScriptResult>();

  async perform(call: StepCall, host: StepHost): Promise<ScriptResult> {
    const { step, release, sha256, epoch } = call;
    if (FENCED.includes(step)) {
      const checked = await host.run(['check', '--release', release, '--sha256', sha256, '--epoch', epoch]);
      if (checked.exitCode !== 0) return { ...checked, stderr: checked.stderr.replace('asg-canary-host', 'asg-canary-step') };
      const phase = checked.stdout.trim();
      if (step === 'maintenance-on' && phase !== 'phase=maintenance') {
        return {
          exitCode: 77,
          stdout: '',
          stderr: `asg-canary-step: maintenance-on is for the phase maintenance, and the pointer has ${phase}\n`,
        };
      }
    }
    if (step.startsWith('maintenance-')) host.showPage(step === 'maintenance-on');
    host.database.steps.push(`${step} ${release}`);
    if (step === 'migrate') return this.migrate(call, host);
    if (step === 'check') return check(call, host);
    return step.startsWith('after-') && host.needs?.afterFails !== undefined ? failed(call, host.needs.afterFails) : DONE;
  }

  private migrate(call: StepCall, { database, needs = {} }: StepHost): ScriptResult {
    const known = this.records.get(call.epoch);
    if (known !== undefined) return known;
    const result = needs.migrateFails === undefined ? DONE : failed(call, needs.migrateFails);
    if (result === DONE) database.migrate(call.release, needs);
    this.records.set(call.epoch, result);
    return result;
  }
}

const DONE: ScriptResult = { exitCode: 0, stdout: '', stderr: '' };

function failed({ step, release }: StepCall, why: string): ScriptResult {
  return { exitCode: 70, stdout: '', stderr: `asg-canary-step: ${step} of ${release} failed: ${why}\n` };
}

function check(call: StepCall, { database, needs = {} }: StepHost): ScriptResult {
  if (needs.checkFails !== undefined) return failed(call, needs.checkFails);
  const changes = database.isMigrated(call.release) ? [] : (needs.changes ?? []);
  const undeclared = changes.slice(needs.declared ?? 0);
  const lines = [
    'asg-canary-database 1',
    `database=${changes.length > 0 ? 'pending' : 'current'}`,
    `changes=${undeclared.length}`,
    `declared=${changes.length - undeclared.length}`,
    ...undeclared.map((change) => `change=${change}`),
  ];
  return { ...DONE, stdout: lines.map((line) => `${line}\n`).join('') };
}
