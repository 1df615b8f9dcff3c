import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { temporaryApp } from '../temporary-app';
import { fleetStack, fleetTemplate } from './fleet-stack';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

function targetsOf(template: Template): Record<string, string[]> {
  const rules = Object.entries(template.findResources(RULE));
  return Object.fromEntries(
    rules.map(([id, { Properties }]) => [id, JSON.stringify(Properties.Actions).match(/Traffic(Stable|Canary)/g) ?? []]),
  );
}

describe('traffic at rest', () => {
  const template = fleetTemplate();

  test('goes to the stable group alone, by both rules', () => {
    const targets = targetsOf(template);
    expect(Object.keys(targets)).toHaveLength(2);
    for (const names of Object.values(targets)) expect(names).toEqual(['TrafficStable']);
  });

  test('matches the preview rule before the main rule, which takes everything', () => {
    const [preview] = Object.values(template.findResources(RULE, { Properties: { Conditions: [{ Field: 'http-header' }] } }));
    const [main] = Object.values(template.findResources(RULE, { Properties: { Conditions: [{ Field: 'path-pattern' }] } }));
    expect(preview?.Properties.Priority).toBeLessThan(main?.Properties.Priority);
    expect(main?.Properties.Conditions).toEqual([{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }]);
  });

  test('gets a fixed 503 where no rule matches', () => {
    template.hasResourceProperties(LISTENER, { DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }] });
  });

  test('is known by the health check on the port of the application', () => {
    fleetTemplate({ port: 8080, healthCheckPath: '/up' }).allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8080,
      Protocol: 'HTTP',
      HealthCheckPath: '/up',
      Matcher: { HttpCode: '200-299' },
    });
  });

  test('waits for open requests as long as the property says', () => {
    fleetTemplate({ deregistrationDelay: Duration.seconds(45) }).allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '45' }]),
    });
  });

  test('reaches both groups on their port, and nobody else does', () => {
    const ingress = Object.values(fleetTemplate({ port: 8080 }).findResources('AWS::EC2::SecurityGroupIngress'));
    expect(ingress).toHaveLength(1);
    expect(ingress[0]?.Properties).toMatchObject({ FromPort: 8080, ToPort: 8080, IpProtocol: 'tcp' });
    expect(JSON.stringify(ingress[0]?.Properties.SourceSecurityGroupId)).toContain('LoadBalancerSecurityGroup');
  });
});

describe('the preview header', () => {
  test('has a value that only who can read the stack knows', () => {
    fleetTemplate().hasResourceProperties(RULE, {
      Conditions: [
        {
          Field: 'http-header',
          HttpHeaderConfig: {
            HttpHeaderName: 'x-asg-canary-preview',
            Values: [{ 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }],
          },
        },
      ],
    });
  });

  test('can be chosen', () => {
    fleetTemplate({ previewHeaderName: 'x-next', previewHeaderValue: '0123456789abcdef' }).hasResourceProperties(RULE, {
      Conditions: [{ HttpHeaderConfig: { HttpHeaderName: 'x-next', Values: ['0123456789abcdef'] } }],
    });
  });
});

describe('the load balancer', () => {
  test('is public and drops malformed headers by default', () => {
    fleetTemplate().hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internet-facing',
      Type: 'application',
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' }]),
    });
    fleetTemplate().hasResourceProperties(LISTENER, { Port: 80, Protocol: 'HTTP' });
  });

  test('can be internal', () => {
    fleetTemplate({ internetFacing: false }).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
  });

  test('speaks HTTPS with a certificate', () => {
    const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/1';
    const certificate = acm.Certificate.fromCertificateArn(new Stack(temporaryApp(), 'Other'), 'Certificate', arn);
    fleetTemplate({ certificate }).hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: arn }],
      SslPolicy: Match.stringLikeRegexp('TLS13'),
    });
  });

  test('is let in by everybody only while the listener is open', () => {
    const open = (template: Template) =>
      JSON.stringify(template.toJSON()).includes('"CidrIp":"0.0.0.0/0","Description":"Allow from anyone');
    expect(open(fleetTemplate())).toBe(true);
    expect(open(fleetTemplate({ openListener: false }))).toBe(false);
  });

  test('can be one that is there already', () => {
    const arn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shared/0123456789abcdef';
    const imported = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(new Stack(temporaryApp(), 'Other'), 'Shared', {
      loadBalancerArn: arn,
      securityGroupId: 'sg-0123456789abcdef0',
    });
    const { stack, fleet } = fleetStack({ loadBalancer: imported, listenerPort: 8443 });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    template.hasResourceProperties(LISTENER, { LoadBalancerArn: arn, Port: 8443 });
    expect(fleet.loadBalancerFullName).toBe('app/shared/0123456789abcdef');
  });
});
