import { Duration } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import { OnUndetectable } from '../../lib';

/** What the reference application is configured by: the context in cdk.json, or `--context name=value`. */
export interface Settings {
  readonly region: string;
  readonly fleetName: string;
  /** `owner/name` on GitHub. */
  readonly repository: string;
  /** Connection for a private repository; empty for a public one. */
  readonly connectionArn: string;
  readonly port: number;
  readonly instances: number;
  readonly maxInstances: number;
  readonly steps: { weight: number; watch: Duration }[];
  readonly bakeTime: Duration;
  readonly minimumRequests: number;
  readonly errorRateCeiling: number;
  readonly latencyCeiling: Duration;
  readonly onUndetectable: OnUndetectable;
}

/**
 * Reads the settings.
 *
 * @throws when one is missing or not of its kind
 */
export function readSettings(node: Node): Settings {
  const text = (name: string): string => {
    const value = node.tryGetContext(name);
    if (typeof value !== 'string') throw new Error(`context '${name}' must be a string, got ${JSON.stringify(value)}`);
    return value;
  };
  const number = (name: string): number => {
    const value = Number(node.tryGetContext(name) ?? Number.NaN);
    if (!Number.isFinite(value)) throw new Error(`context '${name}' must be a number, got ${JSON.stringify(node.tryGetContext(name))}`);
    return value;
  };
  return {
    region: text('region'),
    fleetName: text('fleetName'),
    repository: text('repository'),
    connectionArn: text('connectionArn'),
    port: number('port'),
    instances: number('instances'),
    maxInstances: number('maxInstances'),
    steps: readSteps(text('steps')),
    bakeTime: Duration.minutes(number('bakeMinutes')),
    minimumRequests: number('minimumRequests'),
    errorRateCeiling: number('errorRateCeiling'),
    latencyCeiling: Duration.millis(number('latencyCeilingMs')),
    onUndetectable: readPolicy(text('onUndetectable')),
  };
}

/** `10% 30m, 50% 10m`: the weight of each step and the minutes that it is watched. */
function readSteps(text: string): Settings['steps'] {
  return text.split(',').map((step) => {
    const match = /^\s*(\d+)%\s+(\d+)m\s*$/.exec(step);
    if (!match) throw new Error(`context 'steps' must be like '10% 30m, 50% 10m', got '${text}'`);
    return { weight: Number(match[1]), watch: Duration.minutes(Number(match[2])) };
  });
}

function readPolicy(text: string): OnUndetectable {
  const policy = Object.values(OnUndetectable).find((value) => value === text);
  if (policy === undefined)
    throw new Error(`context 'onUndetectable' must be ${Object.values(OnUndetectable).join(' or ')}, got '${text}'`);
  return policy;
}
