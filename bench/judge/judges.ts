import { Ours } from './ours';
import { argo } from './peers/argo';
import { cloudwatch } from './peers/cloudwatch';
import { flagger } from './peers/flagger';
import { kayenta } from './peers/kayenta';
import { relative } from './peers/relative';
import { sprt } from './peers/sprt';
import { DEPLOYED } from './setting';
import type { Judge } from './watch';

/** Names of the judges, in the order of the tables. */
export const JUDGES = {
  ours: 'this project',
  argo: 'Argo style: above the limit once',
  flagger: 'Flagger style: above the limit 5 times',
  cloudwatch: 'CloudWatch alarm: 3 of 3',
  relative: 'above a multiple of stable, 3 of 3',
  kayenta: 'Kayenta: Mann-Whitney after 30 min',
  sprt: 'oracle: SPRT, all rates known',
} as const;

export type JudgeName = keyof typeof JUDGES;

export const JUDGE_NAMES = Object.keys(JUDGES) as readonly JudgeName[];

/** What is tallied in each scenario: the judges that are compared, and ours as a deployment has it by default. */
export const TALLIED = [...JUDGE_NAMES, 'deployed'] as const;

export type Tallied = (typeof TALLIED)[number];

/** Everything that is tallied, with working memory of its own. */
export function makeJudges(): Record<Tallied, Judge> {
  return { ours: new Ours().judge, argo, flagger, cloudwatch, relative, kayenta, sprt, deployed: new Ours(DEPLOYED).judge };
}
