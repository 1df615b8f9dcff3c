import { FUNCTION_TIMEOUT_SECONDS } from '../function-name';
import type { State } from './model';
import { FENCED, ROLL_BACK } from './names';

/** A task outlives its function, so that nothing acts any more when the task has timed out. */
const TASK_SECONDS = FUNCTION_TIMEOUT_SECONDS + 15;

/**
 * Errors of Lambda itself, and of a function that was ended in the middle: each function may run twice.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
const LAMBDA_ERRORS = [
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
];

/** Throttling and passing faults of the services that functions call, by the names that the SDK gives them. */
const SERVICE_ERRORS = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'SlowDown',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalError',
  'InternalServerError',
  'InternalServiceFault',
  'TimeoutError',
  'PointerConflict',
  'MetricsUnavailable',
  'ScalingActivityInProgress',
];

/** A write to the load balancer that does not read back yet. */
const TRAFFIC_ERRORS = ['WeightNotApplied', 'TrafficNotSafe'];

/** How often the errors above are tried again: for about half a minute on the way forward, for minutes on the way back. */
const FORWARD = { MaxAttempts: 4, IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 15, JitterStrategy: 'FULL' };
const BACKWARD = { MaxAttempts: 8, IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 30, JitterStrategy: 'FULL' };

/** What differs between the tasks. */
export interface TaskOptions {
  readonly comment?: string;
  /** Version ARN of the function. */
  readonly resource: string;
  /** The function's event, beside those that every function gets. */
  readonly event?: { readonly [field: string]: unknown };
  /** Where the result goes; null drops it. */
  readonly result: string | null;
  readonly next: string;
  /** Where an error leads. Rolling back by default. */
  readonly onError?: string;
  /** Where the error is kept: `$.error` by default. */
  readonly errorPath?: string;
  /** Tries longer: what must be done to be safe. */
  readonly persistent?: boolean;
}

/** A task that acts in the name of the deployment: its function gets the execution, the epoch and the time. */
export function task(options: TaskOptions): State {
  const { event, onError = ROLL_BACK, errorPath = '$.error' } = options;
  return rawTask({
    ...options,
    parameters: { 'execution.$': '$$.Execution.Id', 'epoch.$': '$.epoch', 'now.$': '$$.State.EnteredTime', ...event },
    catchers: [
      { ErrorEquals: ['Fenced'], ResultPath: '$.error', Next: FENCED },
      { ErrorEquals: ['States.ALL'], ResultPath: errorPath, Next: onError },
    ],
  });
}

/** A task with parameters and catchers of its own. */
export function rawTask(options: Omit<TaskOptions, 'event'> & { readonly parameters: State; readonly catchers: readonly State[] }): State {
  const { comment, resource, parameters, result, next, persistent = false, catchers } = options;
  return {
    Type: 'Task',
    ...(comment && { Comment: comment }),
    Resource: resource,
    Parameters: parameters,
    ResultPath: result,
    TimeoutSeconds: TASK_SECONDS,
    Retry: [{ ErrorEquals: [...LAMBDA_ERRORS, ...SERVICE_ERRORS, ...TRAFFIC_ERRORS], ...(persistent ? BACKWARD : FORWARD) }],
    Catch: catchers,
    Next: next,
  };
}

/** Waits so long; nothing else in the machine does. */
export function wait(seconds: number, next: string): State {
  return { Type: 'Wait', Seconds: seconds, Next: next };
}

/**
 * Lets the nodes of the load balancer follow the last write of the main rule, which takes seconds: a canary that ended before
 * would leave the customers who are still sent there without an answer.
 */
export function letCustomersLeave(next: string): State {
  return { ...wait(15, next), Comment: 'The load balancer needs seconds to follow its rule' };
}

/** Goes on by a text: the first of `cases` that is equal, or `otherwise`. */
export function choose(variable: string, cases: { readonly [value: string]: string }, otherwise: string): State {
  return {
    Type: 'Choice',
    Choices: Object.entries(cases).map(([value, next]) => ({ Variable: variable, StringEquals: value, Next: next })),
    Default: otherwise,
  };
}

/** Goes on by a flag. */
export function ask(variable: string, yes: string, no: string): State {
  return { Type: 'Choice', Choices: [{ Variable: variable, BooleanEquals: true, Next: yes }], Default: no };
}
