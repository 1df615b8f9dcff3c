import type { MetricJudgement } from './judge/judgement';

/** What Step Functions keeps of an error. */
export interface CaughtError {
  readonly Error?: string;
  readonly Cause?: string;
}

/** The parts of the state machine's data that can tell why it went wrong. */
export interface FailureRecord {
  readonly error?: CaughtError;
  readonly analysis?: { readonly decision: string; readonly sentence: string; readonly metrics: readonly MetricJudgement[] };
  readonly bake?: { readonly decision: string; readonly sentence: string; readonly metrics: readonly MetricJudgement[] };
  /** Trouble of the rollback itself. */
  readonly revertError?: CaughtError;
  readonly replaced?: { readonly sentence: string };
  readonly onceError?: CaughtError;
  /** Why the maintenance page may still be up somewhere. */
  readonly pageError?: CaughtError;
}

/** Why a deployment failed, in one sentence, with what went wrong while it was rolled back; empty where nothing did. */
export function causeOf(record: FailureRecord, prefix = ''): string {
  const parts = [
    record.error && messageOf(record.error),
    judged(record.bake) ?? (record.error ? undefined : judged(record.analysis)),
    record.revertError && `going back on the hosts failed: ${messageOf(record.revertError)}`,
    record.replaced?.sentence,
    record.pageError && `the maintenance page may still be up: ${messageOf(record.pageError)}`,
    record.onceError && `the step after it failed: ${messageOf(record.onceError)}`,
  ].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? '' : prefix + parts.join('; ');
}

function judged(look: FailureRecord['analysis']): string | undefined {
  if (look === undefined || !['failed', 'inconclusive'].includes(look.decision)) return undefined;
  return look.decision === 'failed' ? look.sentence : `inconclusive: ${look.sentence}`;
}

/** The message in an error that Step Functions caught: that of a function, or of a CodeBuild build. */
export function messageOf({ Error: name = '', Cause = '' }: CaughtError): string {
  const parsed = parseJson(Cause);
  if (typeof parsed?.errorMessage === 'string' && parsed.errorMessage !== '') return parsed.errorMessage;
  const build = parsed?.Build ?? parsed;
  if (Array.isArray(build?.Phases)) return buildMessage(build as CodeBuildBuild);
  if (name === 'States.Timeout') return 'a step of the deployment took too long';
  return [name, Cause.slice(0, 1000)].filter((part) => part !== '').join(': ');
}

interface CodeBuildBuild {
  readonly BuildStatus?: string;
  readonly SourceVersion?: string;
  readonly Phases: readonly { PhaseType?: string; PhaseStatus?: string; Contexts?: readonly { StatusCode?: string; Message?: string }[] }[];
  readonly Logs?: { readonly DeepLink?: string };
}

function buildMessage({ BuildStatus = 'FAILED', SourceVersion = '', Phases, Logs }: CodeBuildBuild): string {
  const failed = Phases.find((phase) => phase.PhaseStatus !== undefined && phase.PhaseStatus !== 'SUCCEEDED');
  const why = (failed?.Contexts ?? [])
    .map((context) => context.Message)
    .filter((message) => message)
    .join(' ');
  const where = failed?.PhaseType ? ` in ${failed.PhaseType}` : '';
  const log = Logs?.DeepLink ? ` (log: ${Logs.DeepLink})` : '';
  return `the build of '${SourceVersion}' ended ${BuildStatus}${where}${why ? `: ${why}` : ''}${log}`;
}

// biome-ignore lint/suspicious/noExplicitAny: the cause of an error has as many shapes as there are services
function parseJson(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
