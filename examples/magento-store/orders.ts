import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type BootFile, type CanaryFleet, type CronJob, CustomMetric } from '../../lib';

const PROGRAM = '/opt/magento-store/count-orders';

/** Orders that customers send, and those that the store did not take: counted on each instance, compared by the judge. */
export class Orders {
  readonly bootFile: BootFile = { source: path.join(__dirname, 'count-orders'), destination: PROGRAM, executable: true };
  readonly cronJob: CronJob;
  /** A canary fails where orders fail more often on it. Where orders are too few to say, the other metrics decide. */
  readonly metric: CustomMetric;
  private readonly namespace: string;

  constructor(fleetName: string) {
    this.namespace = `MagentoStore/${fleetName}`;
    // It changes nothing, and the canary's orders are what it is for.
    this.cronJob = { name: 'count-orders', command: `${PROGRAM} ${this.namespace}`, every: Duration.minutes(1), safeOnCanary: true };
    this.metric = CustomMetric.badOfTotal('failedOrders', {
      label: 'Orders that failed',
      bad: { stable: this.count('FailedOrders', 'stable'), canary: this.count('FailedOrders', 'canary') },
      total: { stable: this.count('Orders', 'stable'), canary: this.count('Orders', 'canary') },
      critical: false,
    });
  }

  /** Lets instances of both groups tell what they counted. */
  grantTell({ stable, canary }: CanaryFleet): void {
    for (const { role } of [stable, canary]) {
      role.addToPrincipalPolicy(
        new iam.PolicyStatement({
          actions: ['cloudwatch:PutMetricData'],
          resources: ['*'],
          conditions: { StringEquals: { 'cloudwatch:namespace': this.namespace } },
        }),
      );
    }
  }

  private count(metricName: string, group: 'stable' | 'canary'): cloudwatch.Metric {
    return new cloudwatch.Metric({ namespace: this.namespace, metricName, dimensionsMap: { Group: group } });
  }
}
