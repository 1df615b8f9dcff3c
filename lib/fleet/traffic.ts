import { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { HEALTH_CHECK } from '../health-check';

/** Rules are tried in this order; the gaps are for rules of the user. */
const PREVIEW_PRIORITY = 100;
const MAIN_PRIORITY = 10_000;

/** How traffic gets to the groups. */
export interface TrafficProps {
  readonly vpc: ec2.IVpc;
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  readonly certificate?: acm.ICertificate;
  readonly listenerPort: number;
  readonly open: boolean;
  readonly port: number;
  readonly healthCheckPath: string;
  readonly deregistrationDelay: Duration;
  readonly previewHeaderName: string;
  readonly previewHeaderValue: string;
}

/** The listener, a target group for each group and the two rules, both of which name the stable group alone. */
export class Traffic extends Construct {
  readonly listener: elbv2.ApplicationListener;
  readonly stable: elbv2.ApplicationTargetGroup;
  readonly canary: elbv2.ApplicationTargetGroup;
  readonly mainRule: elbv2.ApplicationListenerRule;
  readonly previewRule: elbv2.ApplicationListenerRule;

  constructor(scope: Construct, id: string, props: TrafficProps) {
    super(scope, id);
    this.listener = new elbv2.ApplicationListener(this, 'Listener', {
      loadBalancer: props.loadBalancer,
      port: props.listenerPort,
      protocol: props.certificate ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
      open: props.open,
      ...(props.certificate && { certificates: [props.certificate], sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS }),
      defaultAction: elbv2.ListenerAction.fixedResponse(503, { contentType: 'text/plain', messageBody: 'no rule matches this request' }),
    });
    this.stable = this.targetGroup('Stable', props);
    this.canary = this.targetGroup('Canary', props);
    this.previewRule = new elbv2.ApplicationListenerRule(this, 'PreviewRule', {
      listener: this.listener,
      priority: PREVIEW_PRIORITY,
      conditions: [elbv2.ListenerCondition.httpHeader(props.previewHeaderName, [props.previewHeaderValue])],
      action: elbv2.ListenerAction.forward([this.stable]),
    });
    this.mainRule = new elbv2.ApplicationListenerRule(this, 'MainRule', {
      listener: this.listener,
      priority: MAIN_PRIORITY,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])],
      action: elbv2.ListenerAction.forward([this.stable]),
    });
  }

  private targetGroup(id: string, props: TrafficProps): elbv2.ApplicationTargetGroup {
    return new elbv2.ApplicationTargetGroup(this, id, {
      vpc: props.vpc,
      targetType: elbv2.TargetType.INSTANCE,
      protocol: elbv2.ApplicationProtocol.HTTP,
      port: props.port,
      deregistrationDelay: props.deregistrationDelay,
      healthCheck: {
        path: props.healthCheckPath,
        healthyHttpCodes: '200-299',
        interval: Duration.seconds(HEALTH_CHECK.interval),
        timeout: Duration.seconds(HEALTH_CHECK.timeout),
        healthyThresholdCount: HEALTH_CHECK.healthyThreshold,
        unhealthyThresholdCount: HEALTH_CHECK.unhealthyThreshold,
      },
    });
  }
}
