import { accept, acknowledgeLibraryFindings } from '../library-findings';
import type { SiteStack } from './site';

/** Accepts, with a reason each, what AwsSolutions finds in the site. */
export function acknowledgeFindings(stack: SiteStack): void {
  const { vpc, fleet, database, configuration } = stack;
  acknowledgeLibraryFindings(stack);

  accept(vpc, 'VPC7', 'the account decides where flow logs of its networks go');
  accept(fleet.loadBalancer, 'ELB2', 'access logs need a bucket of the account; call logAccessLogs on the load balancer to have them');
  accept(fleet.loadBalancer, 'EC23', 'a site is open to everybody');
  accept(database.instance, 'RDS11', 'security groups, not an unusual port, keep others out');
  accept(database.instance, 'SMG4', 'the value is in settings.php too: both must change together, by hand');
  accept(configuration, 'SMG4', 'a person writes it, with the password of the database');
}
