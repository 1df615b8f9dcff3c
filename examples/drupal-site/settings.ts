import type { Node } from 'constructs';
import { Source } from '../../lib';

/** What the site is configured by: the context in cdk.json, or `--context name=value`. */
export interface Settings {
  readonly region: string;
  readonly fleetName: string;
  /** Domain of the site, which leads to the load balancer. */
  readonly hostname: string;
  /** Certificate of the domain, issued in the region of the stack. */
  readonly certificateArn: string;
  /** Context `repository`, `owner/name` on GitHub; for a private one with a connection, context `connectionArn`. */
  readonly source: Source;
  readonly instances: number;
  readonly maxInstances: number;
}

const PATTERNS = {
  hostname: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
  certificateArn: /^arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/,
  repository: /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/,
};

/**
 * Reads the settings.
 *
 * @throws when one is missing or not of its kind
 */
export function readSettings(node: Node): Settings {
  const text = (name: string, pattern = /^/): string => {
    const value = node.tryGetContext(name);
    if (typeof value !== 'string' || !pattern.test(value)) {
      throw new Error(`context '${name}' must be a string that matches ${pattern}, got ${JSON.stringify(value)}`);
    }
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
    hostname: text('hostname', PATTERNS.hostname),
    certificateArn: text('certificateArn', PATTERNS.certificateArn),
    source: source(text('repository', PATTERNS.repository), text('connectionArn')),
    instances: number('instances'),
    maxInstances: number('maxInstances'),
  };
}

function source(repository: string, connectionArn: string): Source {
  const [owner, name] = repository.split('/');
  return connectionArn
    ? Source.codeConnection({ connectionArn, repositoryUrl: `https://github.com/${repository}` })
    : Source.gitHub({ owner, repository: name });
}
