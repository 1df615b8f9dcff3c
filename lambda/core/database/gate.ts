import { DeploymentError } from '../errors';
import { isAdditive } from './additive';

/** What a canary says of the database after it looked with the code of the release. */
export interface DatabaseReport {
  /** Changes that the release does not declare compatible; the first of them, where there are many. */
  readonly changes: readonly string[];
  /** The same, too long to be passed on whole: how each begins. */
  readonly cut: readonly string[];
  /** How many they are in all. */
  readonly undeclared: number;
  /** Changes that the release declares compatible. */
  readonly declared: number;
}

/** What becomes of a deployment by what its database needs. */
export type GateOutcome = 'upToDate' | 'compatible' | 'breaking';

/** The outcome, and what the console says of it. */
export interface Gate {
  readonly outcome: GateOutcome;
  /** One English sentence. */
  readonly sentence: string;
}

const COUNT = '(0|[1-9][0-9]{0,5})';
const FORMAT = new RegExp(
  `^asg-canary-database 1\\ndatabase=(current|pending)\\nchanges=${COUNT}\\ndeclared=${COUNT}\\n((?:(?:change|cut)=[^\\n]*\\n)*)$`,
);
/** How many changes a sentence tells. */
const TOLD = 10;
const TOLD_CHARACTERS = 200;

/**
 * Reads what `asg-canary-step check` prints.
 *
 * @throws DeploymentError `DatabaseUnclear`
 */
export function parseReport(text: string): DatabaseReport {
  const match = FORMAT.exec(text);
  if (!match)
    throw new DeploymentError(
      'DatabaseUnclear',
      `the check of the database must print its report, got ${JSON.stringify(text.slice(0, 200))}`,
    );
  if (match[1] === 'current') return { changes: [], cut: [], undeclared: 0, declared: 0 };
  const lines = match[4].split('\n');
  const texts = (name: string) => lines.flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
  const [changes, cut] = [texts('change'), texts('cut')];
  const [undeclared, declared] = [Number(match[2]), Number(match[3])];
  return { changes, cut, undeclared: undeclared + declared === 0 ? 1 : Math.max(undeclared, changes.length + cut.length), declared };
}

/**
 * Decides what the changes mean for instances that go on with the code of before. Only additions and what the release declares are
 * compatible; a change that nobody can name is not. The first release of a fleet has nobody to break.
 */
export function decideGate(report: DatabaseReport, isFirst: boolean): Gate {
  const { changes, cut, undeclared, declared } = report;
  const total = undeclared + declared;
  if (total === 0) return { outcome: 'upToDate', sentence: 'the database is up to date' };
  if (isFirst) return { outcome: 'compatible', sentence: `the first release: ${count(total)}` };
  const breaking = [...changes.filter((change) => !isAdditive(change)), ...cut.map((begin) => `${begin}... (too long to be read)`)];
  const untold = undeclared - changes.length - cut.length;
  if (breaking.length === 0 && untold === 0) {
    const additions = changes.length > 0 ? `${changes.length === 1 ? 'an addition' : `${changes.length} additions`}: ${told(changes)}` : '';
    const promised = declared > 0 ? `${declared} declared compatible by the release` : '';
    return { outcome: 'compatible', sentence: `compatible change: ${[additions, promised].filter(Boolean).join('; ')}` };
  }
  const named =
    breaking.length > 0
      ? [`${breaking.length} of ${count(total)} ${breaking.length === 1 ? 'does' : 'do'} more than add: ${told(breaking)}`]
      : [];
  const unnamed = untold > 0 ? [`${untold} of ${count(total)} ${untold === 1 ? 'is' : 'are'} not listed`] : [];
  return { outcome: 'breaking', sentence: `breaking change: ${[...named, ...unnamed].join('; ')}` };
}

function count(changes: number): string {
  return changes === 1 ? '1 change' : `${changes} changes`;
}

function told(changes: readonly string[]): string {
  const shown = changes
    .slice(0, TOLD)
    .map((change) => (change.length > TOLD_CHARACTERS ? `${change.slice(0, TOLD_CHARACTERS)}...` : change));
  const more = changes.length > TOLD ? ` | and ${changes.length - TOLD} more` : '';
  return `${shown.join(' | ')}${more}`;
}
