import { FUNCTION_NAMES } from '../../lib/deployment/function-name';
import { type Definition, definition } from '../../lib/deployment/state-machine/definition';
import type { MachineParts } from '../../lib/deployment/state-machine/model';

/** A definition with plain ARNs instead of tokens. */
export function sampleDefinition(parts: Partial<MachineParts> = {}): Definition {
  const arn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}:1`;
  const functions = Object.fromEntries(FUNCTION_NAMES.map((name) => [name, arn(name)])) as MachineParts['functions'];
  return definition({
    fleetName: 'shop',
    functions,
    projectName: 'build',
    buildSeconds: 3600,
    hasBake: true,
    customMetrics: [],
    steps: { database: false, afterPromotion: false, afterRollback: false },
    timeoutSeconds: 40_000,
    ...parts,
  });
}
