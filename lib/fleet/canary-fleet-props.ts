import type { Duration, Size } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { PhpOptions } from '../release/php-options';
import type { Recipe } from '../release/recipe';
import type { BootFile } from './host-files';

/** Properties of a `CanaryFleet`. */
export interface CanaryFleetProps {
  /** The VPC of the load balancer and the instances. */
  readonly vpc: ec2.IVpc;

  /** Bucket with the releases, as a rule that of a `ReleaseBuild`; pointers are written to `fleets/<fleet>/` in it. */
  readonly artifactBucket: s3.IBucket;

  /**
   * Name of the fleet, unique in its account and region: a lower-case letter, then at most 23 letters, digits and hyphens.
   *
   * @default - a name made from the construct's path
   */
  readonly fleetName?: string;

  /**
   * Subnets of the instances. They need a way to S3, Auto Scaling and Systems Manager; with a recipe, also to what it installs and reads.
   *
   * @default - the private subnets with a way out
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Instance type of both groups: the canary is only comparable on the same hardware.
   *
   * @default - t4g.small
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * Image of both groups. It needs bash, curl 7.88 or newer, tar, gzip, flock, systemd and the SSM agent.
   *
   * @default - the latest Amazon Linux 2023 for the architecture of the instance type
   */
  readonly machineImage?: ec2.IMachineImage;

  /**
   * Size of the encrypted root volume.
   *
   * @default Size.gibibytes(20)
   */
  readonly volumeSize?: Size;

  /**
   * Name of the root device in the image.
   *
   * @default '/dev/xvda'
   */
  readonly rootDeviceName?: string;

  /**
   * Security group of the instances; the load balancer is allowed in on `port`.
   *
   * @default - a new one that lets everything out
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * Least number of stable instances.
   *
   * @default 2
   */
  readonly minCapacity?: number;

  /**
   * Greatest number of stable instances.
   *
   * @default - twice `minCapacity`
   */
  readonly maxCapacity?: number;

  /**
   * Greatest number of canary instances. A deployment is refused where a step needs more:
   * a weight of w percent needs w / (100 - w) canaries for each stable instance.
   *
   * @default - `maxCapacity`, which is enough for a weight of 50 percent
   */
  readonly maxCanary?: number;

  /**
   * Port that the application listens on.
   *
   * @default 80
   */
  readonly port?: number;

  /**
   * Path that answers 200 to 299 when an instance can serve. The host program asks for it
   * before an instance enters service and after it switched to another release.
   *
   * @default - as the recipe says; without one '/health'
   */
  readonly healthCheckPath?: string;

  /**
   * How long a new instance is left alone by the load balancer's health checks, counted from its entry into service.
   *
   * @default Duration.minutes(2)
   */
  readonly healthCheckGracePeriod?: Duration;

  /**
   * How long an instance may take from launch until it is in service; later it is abandoned and replaced.
   *
   * @default Duration.minutes(15)
   */
  readonly bootTimeout?: Duration;

  /**
   * Folder on the instances that holds the releases; the application is served from `current` in it.
   *
   * @default '/srv/app'
   */
  readonly applicationDirectory?: string;

  /**
   * Releases that an instance keeps, the active one and the one before it among them.
   *
   * @default 5
   */
  readonly keepReleases?: number;

  /**
   * Shell commands, run by root at the first boot, that install and start what serves the releases: a runtime,
   * a web server and their units. They end the boot if one fails, and see these variables: `APP_DIR` (folder of the
   * releases; there is no `current` in it yet), `PORT`, `INSTANCE_ADDRESS` (the private address) and
   * `ASG_CANARY_ROOT` (empty on EC2; begin absolute paths with it to rehearse on one machine).
   *
   * @default - none
   */
  readonly setupCommands?: string[];

  /**
   * Files that an instance fetches before the setup commands, verified by the digest they have at synthesis.
   *
   * @default - none
   */
  readonly bootFiles?: BootFile[];

  /**
   * How the releases are served: the recipe that they are built with. What it says of instances holds wherever the properties
   * here say nothing. Its web server, configuration files, cron jobs and consumers need Amazon Linux 2023.
   *
   * @default - the setup commands, or the image, bring what serves the releases
   */
  readonly recipe?: Recipe;

  /**
   * Makes instances handle releases as a PHP application needs it: shared folders and files are linked, OPcache is filled before
   * the switch, and PHP-FPM is asked afterwards whether it executes the new release.
   *
   * @default - as the recipe says; without one a release is a folder that is switched, and no more
   */
  readonly php?: PhpOptions;

  /**
   * Load balancer to add the listener to.
   *
   * @default - a new one
   */
  readonly loadBalancer?: elbv2.IApplicationLoadBalancer;

  /**
   * Whether the new load balancer has public addresses.
   *
   * @default true
   */
  readonly internetFacing?: boolean;

  /**
   * Certificate of the listener.
   *
   * @default - the listener speaks HTTP
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Port of the listener.
   *
   * @default - 443 with a certificate, 80 without
   */
  readonly listenerPort?: number;

  /**
   * Whether everybody may reach the listener. With `false`, allow in whom you want by `loadBalancer.connections`.
   *
   * @default true
   */
  readonly openListener?: boolean;

  /**
   * How long a client keeps, while a deployment runs, to the group that served it first. Use it where pages and the
   * files that they name must come from one release.
   *
   * @default - as the recipe says; without one each request is weighed anew
   */
  readonly stickiness?: Duration;

  /**
   * How long the load balancer waits for open requests of an instance that leaves.
   *
   * @default Duration.minutes(1)
   */
  readonly deregistrationDelay?: Duration;

  /**
   * Name of the header that lets people and tests in to a canary before any customer.
   *
   * @default 'x-asg-canary-preview'
   */
  readonly previewHeaderName?: string;

  /**
   * Value of the preview header: 16 to 128 letters, digits, dots, underscores and hyphens. It is in the template,
   * so it keeps a candidate from being found, no more.
   *
   * @default - the unique part of the stack's id, which only who may read the stack knows
   */
  readonly previewHeaderValue?: string;
}
