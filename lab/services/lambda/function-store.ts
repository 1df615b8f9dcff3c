import type { Code } from '../../functions/code';
import type { RunnableFunction } from '../../functions/function';
import { AwsError } from '../../kernel/service';

/** The code and configuration of `$LATEST`, or of a version as it was published. */
export interface FunctionConfiguration {
  readonly code: Code;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** A statement of a function's resource policy, as AWS::Lambda::Permission makes it. */
export interface Permission {
  readonly id: string;
  /** The function's name, or an ARN with version or alias. */
  readonly target: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** How asynchronous calls of a function, version or alias are retried. */
export interface AsyncConfig {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
}

/** A function with all that hangs on it. */
export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  latest: FunctionConfiguration;
  reservedConcurrency: number | undefined;
  running: number;
  published: number;
  readonly versions: Map<string, FunctionConfiguration>;
  /** Alias name to version. */
  readonly aliases: Map<string, string>;
  readonly permissions: Permission[];
  /** By qualifier: version, alias or `$LATEST`. */
  readonly asyncConfigs: Map<string, AsyncConfig>;
}

/** A function as a caller named it, with what that name stands for now. */
export interface FunctionTarget {
  readonly record: FunctionRecord;
  /** Version, alias, or undefined where the caller gave none. */
  readonly qualifier: string | undefined;
  readonly version: string;
  readonly configuration: FunctionConfiguration;
  /** The ARN that permissions are checked against: with the qualifier, if the caller gave one. */
  readonly arn: string;
}

/** The functions of an account. */
export class FunctionStore {
  private readonly functions = new Map<string, FunctionRecord>();

  add(record: FunctionRecord): void {
    if (this.functions.has(record.name)) throw new AwsError('ResourceConflictException', `Function already exist: ${record.name}`);
    this.functions.set(record.name, record);
  }

  remove(name: string): void {
    this.functions.delete(name);
  }

  /** @throws AwsError ResourceNotFoundException */
  get(name: string): FunctionRecord {
    const record = this.functions.get(name);
    if (!record) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`);
    return record;
  }

  /** Finds a function by name or ARN, each with or without `:<version or alias>`. @throws AwsError ResourceNotFoundException */
  find(nameOrArn: string, given?: string): FunctionTarget {
    const match = /^(?:arn:aws:lambda:[^:]+:\d+:function:)?([A-Za-z0-9_-]+)(?::([A-Za-z0-9$_-]+))?$/.exec(nameOrArn);
    if (!match) throw new AwsError('ValidationException', `'FunctionName' must be a function's name or ARN, got ${nameOrArn}`);
    const [, name, inName] = match;
    const qualifier = given ?? inName;
    const record = this.get(name);
    const version = qualifier === undefined ? '$LATEST' : (record.aliases.get(qualifier) ?? qualifier);
    const configuration = version === '$LATEST' ? record.latest : record.versions.get(version);
    const arn = qualifier === undefined ? record.arn : `${record.arn}:${qualifier}`;
    if (!configuration) throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`);
    return { record, qualifier, version, configuration, arn };
  }
}

/** What the function pool runs for a target. */
export function runnable({ record, version, configuration }: FunctionTarget): RunnableFunction {
  return { name: record.name, version, ...configuration };
}
