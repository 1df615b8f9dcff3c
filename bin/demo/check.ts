import type { DemoFacts } from './facts';

/** Fewest requests that make the demo's counts mean something. */
export interface TrafficFloor {
  readonly requests: number;
  readonly perSecond: number;
}

/** Compares what happened with what should have; returns one sentence for each thing that is not as it should be. */
export function checkDemo(facts: DemoFacts, floor: TrafficFloor): string[] {
  const problems: string[] = [];
  for (const deployment of facts.deployments) {
    const { tag, expected, verdict, exitCode, badResponses } = deployment;
    if (verdict !== expected) problems.push(`${tag} should be ${expected}, but is ${verdict}: ${deployment.cause}`);
    const expectedExit = expected === 'promoted' ? 0 : 1;
    if (exitCode !== expectedExit)
      problems.push(`the command that deployed ${tag} should exit with ${expectedExit}, but exited with ${exitCode}`);
    if (expected === 'promoted' && badResponses > 0) problems.push(`${tag} should serve no bad response, but served ${badResponses}`);
    if (expected === 'rolledBack' && badResponses === 0) problems.push(`${tag} was rolled back without one bad response of its own`);
    if (expected === 'rolledBack' && !deployment.cause.includes('%'))
      problems.push(`the cause of ${tag}'s roll-back names no figures: ${deployment.cause}`);
  }
  for (const { tag, verdict, rollback } of facts.deployments) {
    if (verdict === 'rolledBack' && rollback !== undefined && !Number.isFinite(rollback.seconds))
      problems.push(`the rule was never written after the verdict on ${tag}`);
  }
  for (const [kind, count] of Object.entries(facts.traffic.otherFailures)) {
    if (count > 0) problems.push(`${count} requests failed for a reason of their own: ${kind}`);
  }
  const { sent, seconds } = facts.traffic;
  if (sent < floor.requests) problems.push(`at least ${floor.requests} requests should have been sent, but only ${sent} were`);
  if (sent / seconds < floor.perSecond)
    problems.push(`at least ${floor.perSecond} requests a second should have been sent, but only ${(sent / seconds).toFixed(0)} were`);
  const good = facts.deployments.filter((deployment) => deployment.expected === 'promoted').at(-1)?.release;
  const instances = Object.entries(facts.instances);
  if (instances.length === 0) problems.push('no stable instance is in service');
  for (const [instance, release] of instances) {
    if (release !== good) problems.push(`instance ${instance} should run ${good}, but runs ${release}`);
  }
  return problems;
}
