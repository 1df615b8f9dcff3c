import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { type ApplicationLoadBalancer, HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

/**
 * One request in ten fails, of both groups together: no comparison sees what both have. It counts what instances answer with 5xx, and
 * what the load balancer answers for them.
 */
export function failingRequests(scope: Construct, { metrics }: ApplicationLoadBalancer): cloudwatch.Alarm {
  const minute = { period: Duration.minutes(1), statistic: 'Sum' };
  return new cloudwatch.Alarm(scope, 'FailingRequests', {
    alarmDescription: 'One request of the store in ten fails',
    metric: new cloudwatch.MathExpression({
      expression: 'IF(requests >= 20, 100 * (FILL(failed, 0) + FILL(unanswered, 0)) / requests, 0)',
      usingMetrics: {
        requests: metrics.requestCount(minute),
        failed: metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, minute),
        unanswered: metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, minute),
      },
      label: 'Failing requests, percent',
      period: Duration.minutes(1),
    }),
    threshold: 10,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
