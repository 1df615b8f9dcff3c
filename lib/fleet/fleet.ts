import type { Duration } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { ReleaseSteps } from '../release/recipe';

/**
 * A fleet whose releases go out by canary: two Auto Scaling groups behind one load balancer.
 *
 * At rest both rules name the stable group alone. A deployment puts the canary group into the
 * preview rule while canaries boot and into the main rule once they are healthy, and takes it
 * out of both at the end, so a stack update can only move traffic to the stable group.
 */
export interface ICanaryFleet extends IConstruct {
  /** Name of the fleet, unique in its account and region. */
  readonly fleetName: string;
  /** Bucket with the releases, and with the pointers that instances converge to. */
  readonly artifactBucket: s3.IBucket;
  /** The group that serves the committed release to everybody. */
  readonly stable: FleetGroup;
  /** The group that serves a candidate to a share of the traffic; empty between deployments. */
  readonly canary: FleetGroup;
  /** The load balancer in front of both groups. */
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  /** Value of CloudWatch's `LoadBalancer` dimension: `app/<name>/<id>`. */
  readonly loadBalancerFullName: string;
  /** ARN of the listener rule that carries the traffic of customers. */
  readonly mainRuleArn: string;
  /** ARN of the listener rule that lets people and tests in by header, before any customer. */
  readonly previewRuleArn: string;
  /** Name of the header that the preview rule matches. */
  readonly previewHeaderName: string;
  /** Value of the header that the preview rule matches. */
  readonly previewHeaderValue: string;
  /** How long a client keeps to the group that served it first; undefined where each request is weighed anew. */
  readonly stickiness?: Duration;
  /** How long an instance may take from launch until it is in service. */
  readonly bootTimeout: Duration;
  /** The program on every instance that stages and activates releases. */
  readonly hostProgram: PinnedObject;
  /** What deployments run on instances besides the switch, of the fleet's recipe; undefined where there is none. */
  readonly steps?: ReleaseSteps;
  /** The program on every instance that runs the steps of releases; undefined where there are none. */
  readonly stepRunner?: PinnedObject;
}

/** One of the two groups of a fleet, and the target group behind it. */
export interface FleetGroup {
  /** The Auto Scaling group, named `<fleet>-stable` or `<fleet>-canary`. */
  readonly autoScalingGroup: autoscaling.AutoScalingGroup;
  /** The target group that its instances register with. */
  readonly targetGroup: elbv2.ApplicationTargetGroup;
  /** Role of its instances. What the application needs of AWS, grant to the roles of both groups. */
  readonly role: iam.IRole;
  /** Least number of instances. */
  readonly minCapacity: number;
  /** Greatest number of instances. */
  readonly maxCapacity: number;
}

/** An object of S3, and the digest that it must have. */
export interface PinnedObject {
  /** Name of the bucket that holds it. */
  readonly bucketName: string;
  /** Its key in that bucket. */
  readonly objectKey: string;
  /** Its SHA-256, 64 hexadecimal digits. */
  readonly sha256: string;
}
