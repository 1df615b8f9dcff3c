import type { AccessKey } from '../kernel/access-key';
import type { LabContext } from '../kernel/context';
import type { ResourceProvider } from '../kernel/resources';
import { type AccessRequest, AwsError, type Principal } from '../kernel/service';
import { AccessKeys } from './access-keys';
import type { ConditionContext } from './conditions';
import type { Decision, StatementSummary } from './decision';
import { evaluate, type Verdict } from './evaluate';
import { loadPolicy, type Statement } from './policy';
import { managedPolicyProvider, policyProvider } from './policy-providers';
import { instanceProfileProvider, roleProvider } from './role-providers';
import { type Role, RoleRegistry } from './role-registry';

/** A person with all rights: who runs the lab. */
const OPERATOR: Principal = { kind: 'operator', arn: 'operator' };

/** IAM of one account: roles and their policies from the template, access keys, and the answer to every call. */
export class IamService {
  /** Every question that was asked, in order. */
  readonly decisions: Decision[] = [];
  private readonly roles = new RoleRegistry();
  private readonly keys = new AccessKeys();
  private readonly resourcePolicies = new Map<string, readonly Statement[]>();
  private readonly removed = new Set<string>();

  constructor(private readonly context: LabContext) {}

  providers(): ResourceProvider[] {
    return [
      roleProvider(this.context, this.roles),
      policyProvider(this.roles),
      managedPolicyProvider(this.context, this.roles),
      instanceProfileProvider(this.context, this.roles),
    ];
  }

  /**
   * Issues an access key of a role.
   *
   * @param options `session`: with a session token, as all keys of roles are on AWS; `expires`: milliseconds since 1970 of the lab's time
   * @throws Error for a role that the template does not have
   */
  issueKey(roleArn: string, options: { session: boolean; expires?: number }): AccessKey {
    return this.keys.issue({ kind: 'role', arn: this.role(roleArn).arn }, options);
  }

  /** Issues a long-term access key of the lab's operator, who may do everything that no policy of a resource denies. */
  issueOperatorKey(): AccessKey {
    return this.keys.issue(OPERATOR, { session: false });
  }

  /** From now on a key that a function's worker has had all its life stands for a role. */
  adoptKey(key: AccessKey, roleArn: string): void {
    this.keys.adopt(key, { kind: 'role', arn: this.role(roleArn).arn });
  }

  dropKey(accessKeyId: string): void {
    this.keys.drop(accessKeyId);
  }

  key(accessKeyId: string): AccessKey | undefined {
    return this.keys.key(accessKeyId);
  }

  secret(accessKeyId: string): string | undefined {
    return this.keys.key(accessKeyId)?.secretAccessKey;
  }

  /** @throws AwsError InvalidClientTokenId for a key that was not issued */
  principalOf(accessKeyId: string): Principal {
    const principal = this.keys.principal(accessKeyId);
    if (principal === undefined) throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
    return principal;
  }

  /** ARN of the role in an instance profile, which is named by its ARN or its name. */
  roleOfProfile(profile: string): string {
    const name = this.roles.profiles.get(profile);
    if (name === undefined) throw new Error(`there is no instance profile '${profile}'`);
    return this.roles.byName(name).arn;
  }

  /**
   * The role as a service uses it.
   *
   * @param service its principal, e.g. `states.amazonaws.com`
   * @throws AwsError AccessDenied where the role's trust policy does not name the service
   */
  assume(roleArn: string, service: string): Principal {
    const role = this.role(roleArn);
    const caller: Principal = { kind: 'service', arn: service };
    const context = this.withGlobalKeys(caller, {});
    const trusts = (effect: 'Allow' | 'Deny') =>
      role.trust.some(
        (statement) =>
          statement.effect === effect &&
          statement.principal!(caller, this.context.account) === 'direct' &&
          statement.actions.some(({ matches }) => matches('sts:AssumeRole')) &&
          statement.condition(context),
      );
    if (!trusts('Allow') || trusts('Deny'))
      throw new AwsError('AccessDenied', `${service} is not authorized to assume the role ${roleArn}`);
    return { kind: 'role', arn: role.arn };
  }

  /**
   * Puts questions to the policies, and logs the answers.
   *
   * @throws AwsError AccessDenied for the first that is not allowed
   * @throws Error where there is no question: a call that needs no permission would be a defect of the lab
   */
  check(principal: Principal, requests: readonly AccessRequest[]): void {
    if (requests.length === 0) throw new Error(`a call of ${principal.arn} must ask for a permission, got none`);
    for (const request of requests) {
      const verdict = this.decide(principal, request);
      this.log(principal, request, verdict);
      if (!verdict.allowed) throw denied(principal, request, verdict);
    }
  }

  /** Sets the policy of a bucket, a topic or a function. `place` is where it stands in the template, for errors. */
  attachResourcePolicy(arn: string, document: unknown, place: string): void {
    this.resourcePolicies.set(arn, loadPolicy(document, { name: arn, place, kind: 'resource' }));
  }

  detachResourcePolicy(arn: string): void {
    this.resourcePolicies.delete(arn);
  }

  /** The Allows of all roles. */
  statements(): StatementSummary[] {
    return [...this.roles.all()].flatMap((role) =>
      this.roles
        .statementsOf(role)
        .filter(({ effect }) => effect === 'Allow')
        .map((statement) => ({
          roleArn: role.arn,
          roleLogicalId: role.logicalId,
          policy: statement.policy,
          index: statement.index,
          sid: statement.sid,
          actions: statement.actions.map(({ text }) => text),
          resources: statement.resources.map(({ text }) => text),
          conditions: statement.conditions,
        })),
    );
  }

  /**
   * Leaves an action out of every statement of a role, from now on and whatever later deployments say: for tests of what it is needed for.
   *
   * @param action as the statements write it
   */
  withoutAction(roleLogicalId: string, action: string): void {
    this.removed.add(`${roleLogicalId} ${action}`);
  }

  private decide(principal: Principal, request: AccessRequest): Verdict {
    const role = principal.kind === 'role' ? this.role(principal.arn) : undefined;
    return evaluate(principal, request, this.withGlobalKeys(principal, request.context ?? {}), {
      identity: role === undefined ? [] : this.roles.statementsOf(role),
      resource: this.policiesOn(request.resource),
      account: this.context.account,
      isRemoved: role && ((_statement, action) => this.removed.has(`${role.logicalId} ${action}`)),
    });
  }

  /** A bucket's policy covers its objects. */
  private policiesOn(resource: string): readonly Statement[] {
    const owner = resource.startsWith('arn:aws:s3:::') ? resource.split('/')[0] : resource;
    return this.resourcePolicies.get(owner) ?? [];
  }

  /** Calls inside of the lab go over loopback, which stands for TLS 1.3: `aws:SecureTransport` is true. */
  private withGlobalKeys(principal: Principal, context: ConditionContext): ConditionContext {
    const own = Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]);
    return {
      'aws:principalaccount': this.context.account,
      'aws:principalarn': principal.arn,
      'aws:principalisawsservice': String(principal.kind === 'service'),
      'aws:requestedregion': this.context.region,
      'aws:securetransport': 'true',
      's3:tlsversion': '1.3',
      ...Object.fromEntries(own),
    };
  }

  private role(arn: string): Role {
    const role = this.roles.byArn(arn);
    if (role === undefined) throw new Error(`there is no role ${arn}`);
    return role;
  }

  private log(principal: Principal, { action, resource }: AccessRequest, { allowed, match, by }: Verdict): void {
    const { policy, index, sid } = match?.statement ?? {};
    this.decisions.push({
      roleArn: principal.arn,
      roleLogicalId: principal.kind === 'role' ? this.role(principal.arn).logicalId : undefined,
      action,
      resource,
      allowed,
      statement: match && { policy: policy!, index: index!, sid, by: by!, action: match.action, resource: match.resource },
    });
  }
}

function denied(principal: Principal, { action, resource }: AccessRequest, { match, by }: Verdict): AwsError {
  const reason = match === undefined ? `because no policy allows the ${action} action` : `with an explicit deny in a policy of the ${by}`;
  return new AwsError('AccessDenied', `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`);
}
