import { accept, acknowledgeLibraryFindings } from '../library-findings';
import type { StoreStack } from './store';

/** Accepts, with a reason each, what AwsSolutions finds in the store. */
export function acknowledgeFindings(stack: StoreStack): void {
  const { network, database, caches, search } = stack;
  acknowledgeLibraryFindings(stack);

  accept(network.vpc, 'VPC7', 'the account decides where flow logs of its networks go');
  accept(network.loadBalancer, 'EC23', 'a store is open to everybody');
  accept(network.accessLogs, 'S1', 'it holds access logs itself');
  accept(database.instance, 'RDS11', 'security groups, not an unusual port, keep others out');
  for (const group of [caches.cache, caches.sessions]) {
    accept(group, 'AEC5', 'security groups, not an unusual port, keep others out');
  }
  accept(search.domain, 'OS3', 'the domain is in isolated subnets, and its security group lets in the instances alone');
  accept(search.domain, 'OS4', 'two nodes hold an index that can be made anew; a larger catalogue wants dedicated masters');
  accept(search.domain, 'OS5', 'Magento cannot sign requests: the domain asks for a user and a password');
  for (const log of ['INDEX_SLOW_LOGS', 'SEARCH_SLOW_LOGS']) {
    accept(search.domain, `OS9[LogExport::${log}]`, 'slow requests show in the metrics of the domain; turn the log on to look for a cause');
  }
  for (const secret of [database.instance, caches.token, search.user]) {
    accept(secret, 'SMG4', 'the value is in env.php too: both must change together, by hand');
  }
  accept(stack.configuration, 'SMG4', 'a person writes it, with the passwords of what it names');
  accept(stack.composerAuth, 'SMG4', 'the keys are of other companies, which cannot be asked to rotate them');
}
