/**
 * One question that a call puts to IAM, and that a policy of the template must allow.
 * `context` holds the condition keys that AWS documents for this action, e.g.
 * `{ 'ssm:resourceTag/aws:autoscaling:groupName': 'shop-canary' }`; a list is a multivalued key.
 */
export interface AccessRequest {
  /** `service:Operation`, as policies write it. */
  readonly action: string;
  /** The ARN asked for, or `*` where AWS has no resource-level permission for the action. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Who calls: an IAM role of the template, the lab's operator (a person with all rights), or an AWS service. */
export interface Principal {
  readonly kind: 'role' | 'operator' | 'service';
  /** The role's ARN; `operator`; or the service's principal, e.g. `events.amazonaws.com`. */
  readonly arn: string;
}

/** What a handler knows about the call besides its input. */
export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
  /** Request headers in lower case; empty for a call from inside the lab. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One API operation of an AWS service: the questions it puts to IAM, and what it does. Inputs and outputs are those of SDK v3. */
// biome-ignore lint/suspicious/noExplicitAny: each service narrows these to the SDK's own input and output types
export interface Operation<I = any, O = any> {
  authorize(input: I, call: Call): AccessRequest[];
  handle(input: I, call: Call): Promise<O> | O;
}

/** An AWS service of the lab, as the wire serves it. An operation that is not listed is refused with `NotImplemented`. */
export interface Service {
  /** SigV4 signing name, e.g. `autoscaling`. */
  readonly signingName: string;
  /** The SDK client package, whose exported schemas define the wire format, e.g. `require('@aws-sdk/client-auto-scaling')`. */
  readonly sdk: Record<string, unknown>;
  /** Name of the client class in that package, e.g. `AutoScalingClient`. */
  readonly client: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An error that goes over the wire: `code` is the name of the shape in the SDK's schema (`ConditionalCheckFailedException`) or AWS's own code. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  constructor(
    readonly code: string,
    message: string,
    /** Further members of the error's shape, e.g. `{ Item }`. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
