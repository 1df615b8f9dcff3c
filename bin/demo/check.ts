import type { DemoFacts, DeploymentFacts } from './facts';

/** Fewest requests that make the demo's counts mean something. */
export interface TrafficFloor {
  readonly requests: number;
  readonly perSecond: number;
}

/** What `asg-canary deploy` exits with after each verdict. */
const EXIT_CODES: Readonly<Record<string, number>> = { promoted: 0, rolledBack: 1, refused: 2 };
/** What instances run before the first release. */
const PLACEHOLDER = 'placeholder';

/** Compares what happened with what should have; returns one sentence for each thing that is not as it should be. */
export function checkDemo(facts: DemoFacts, floor: TrafficFloor): string[] {
  const problems = facts.deployments.flatMap(problemsOf);
  for (const { tag, verdict, rollback } of facts.deployments) {
    if (verdict === 'rolledBack' && rollback !== undefined && !Number.isFinite(rollback.seconds))
      problems.push(`the rule was never written after the verdict on ${tag}`);
  }
  for (const [kind, count] of Object.entries(facts.traffic.otherFailures)) {
    if (count > 0) problems.push(`${count} requests failed for a reason of their own: ${kind}`);
  }
  const { sent, seconds } = facts.traffic;
  const isComplete = facts.deployments.every(({ verdict, expected }) => verdict === expected);
  if (isComplete && sent < floor.requests)
    problems.push(`at least ${floor.requests} requests should have been sent, but only ${sent} were`);
  if (sent / seconds < floor.perSecond)
    problems.push(`at least ${floor.perSecond} requests a second should have been sent, but only ${(sent / seconds).toFixed(0)} were`);
  const promoted = facts.deployments.filter(({ verdict }) => verdict === 'promoted').at(-1)?.release ?? PLACEHOLDER;
  const instances = Object.entries(facts.instances);
  if (instances.length === 0) problems.push('no stable instance is in service');
  for (const [instance, release] of instances) {
    if (release !== promoted) problems.push(`instance ${instance} should run ${promoted}, but runs ${release}`);
  }
  return problems;
}

/** Where the verdict is another one than expected, that is the one problem: the rest would follow from it. */
function problemsOf({ tag, expected, verdict, exitCode, badResponses, cause }: DeploymentFacts): string[] {
  const problems: string[] = [];
  if (verdict !== expected) {
    const why =
      verdict === 'promoted'
        ? `it served ${badResponses} bad responses, and the demo needs a ${tag} that answers some requests with 5xx`
        : cause;
    problems.push(`${tag} should be ${expected}, but is ${verdict}: ${why}`);
  } else if (verdict === 'promoted') {
    if (badResponses > 0) problems.push(`${tag} should serve no bad response, but served ${badResponses}`);
  } else {
    if (badResponses === 0) problems.push(`${tag} was rolled back without one bad response of its own`);
    if (!cause.includes('%')) problems.push(`the cause of ${tag}'s roll-back names no figures: ${cause}`);
  }
  const expectedExit = EXIT_CODES[verdict];
  if (expectedExit !== undefined && exitCode !== expectedExit)
    problems.push(`the command that deployed ${tag} should exit with ${expectedExit} when it is ${verdict}, but exited with ${exitCode}`);
  return problems;
}
