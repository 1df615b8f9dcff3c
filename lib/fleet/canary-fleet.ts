import { Aws, Duration, Fn, Names } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ReleaseSteps } from '../release/recipe';
import type { CanaryFleetProps } from './canary-fleet-props';
import { checkFleetProps } from './check-fleet-props';
import type { FleetGroup, ICanaryFleet, PinnedObject } from './fleet';
import { HostFiles } from './host-files';
import { Instances } from './instances';
import { Traffic } from './traffic';
import { hasSteps, withRecipe } from './with-recipe';

/**
 * Two Auto Scaling groups, `<fleet>-stable` and `<fleet>-canary`, behind one application load balancer.
 *
 * Each instance converges to the release of its group: at boot, on command and every five minutes. It enters service
 * only after its release answered the health check. What your setup commands start serves `<applicationDirectory>/current`,
 * a link that is switched under it, and answers `healthCheckPath` with 200 to 299 only where that release can serve.
 *
 * Before there is a release, instances serve a placeholder, so the first `cdk deploy` settles. It is a static site with
 * the pages `/index.html` and `/health`, and a Node.js module whose `handler` answers every request; where your server is
 * of neither kind, or `healthCheckPath` is another path, the server must answer the health check for the placeholder itself.
 *
 * A change of the launch template does not replace running instances.
 *
 * @example
 * declare const vpc: ec2.IVpc;
 * declare const artifactBucket: s3.IBucket;
 * new CanaryFleet(this, 'Fleet', { vpc, artifactBucket, fleetName: 'shop', port: 8080 });
 */
export class CanaryFleet extends Construct implements ICanaryFleet {
  public readonly fleetName: string;
  public readonly artifactBucket: s3.IBucket;
  public readonly stable: FleetGroup;
  public readonly canary: FleetGroup;
  public readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  public readonly loadBalancerFullName: string;
  /** The listener of both rules; rules of your own go between the priorities 100 (preview) and 10,000 (main). */
  public readonly listener: elbv2.ApplicationListener;
  public readonly mainRuleArn: string;
  public readonly previewRuleArn: string;
  public readonly previewHeaderName: string;
  public readonly previewHeaderValue: string;
  public readonly stickiness?: Duration;
  public readonly bootTimeout: Duration;
  public readonly hostProgram: PinnedObject;
  public readonly steps?: ReleaseSteps;
  public readonly stepRunner?: PinnedObject;
  /** Security group of every instance, in both groups. */
  public readonly securityGroup: ec2.ISecurityGroup;

  constructor(scope: Construct, id: string, props: CanaryFleetProps) {
    super(scope, id);
    props = withRecipe(props);
    checkFleetProps(props);
    this.fleetName = props.fleetName ?? this.generatedName();
    this.artifactBucket = props.artifactBucket;
    this.stickiness = props.stickiness;
    this.bootTimeout = props.bootTimeout ?? Duration.minutes(15);
    this.previewHeaderName = props.previewHeaderName ?? 'x-asg-canary-preview';
    this.previewHeaderValue = props.previewHeaderValue ?? Fn.select(2, Fn.split('/', Aws.STACK_ID));
    this.loadBalancer =
      props.loadBalancer ??
      new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
        vpc: props.vpc,
        internetFacing: props.internetFacing ?? true,
        dropInvalidHeaderFields: true,
      });
    this.loadBalancerFullName = Fn.select(1, Fn.split(':loadbalancer/', this.loadBalancer.loadBalancerArn));

    const port = props.port ?? 80;
    const healthCheckPath = props.healthCheckPath ?? '/health';
    const traffic = new Traffic(this, 'Traffic', {
      vpc: props.vpc,
      loadBalancer: this.loadBalancer,
      certificate: props.certificate,
      listenerPort: props.listenerPort ?? (props.certificate ? 443 : 80),
      open: props.openListener ?? true,
      port,
      healthCheckPath,
      deregistrationDelay: props.deregistrationDelay ?? Duration.minutes(1),
      previewHeaderName: this.previewHeaderName,
      previewHeaderValue: this.previewHeaderValue,
    });
    this.listener = traffic.listener;
    this.mainRuleArn = traffic.mainRule.listenerRuleArn;
    this.previewRuleArn = traffic.previewRule.listenerRuleArn;

    const files = new HostFiles(this, 'HostFiles', {
      bootFiles: props.bootFiles ?? [],
      forPhp: props.php !== undefined,
      recipe: props.recipe,
    });
    this.hostProgram = files.program;
    this.steps = hasSteps(props.recipe) ? props.recipe?.steps : undefined;
    this.stepRunner = files.stepRunner;
    this.securityGroup =
      props.securityGroup ??
      new ec2.SecurityGroup(this, 'SecurityGroup', { vpc: props.vpc, description: `instances of ${this.fleetName}` });
    this.securityGroup.connections.allowFrom(this.loadBalancer, ec2.Port.tcp(port), 'requests of the load balancer');

    const instances = new Instances(this, {
      props,
      fleetName: this.fleetName,
      port,
      healthCheckPath,
      gracePeriod: props.healthCheckGracePeriod ?? Duration.minutes(2),
      bootTimeout: this.bootTimeout,
      files,
      securityGroup: this.securityGroup,
      after: [traffic.mainRule, traffic.previewRule],
    });
    this.stable = instances.stable(traffic.stable);
    this.canary = instances.canary(traffic.canary);
  }

  private generatedName(): string {
    return Names.uniqueResourceName(this, { maxLength: 24, allowedSpecialCharacters: '-', separator: '-' }).toLowerCase();
  }
}
