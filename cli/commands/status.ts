import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRulesCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { currentState } from '../execution';
import { ExitCode } from '../exit-code';
import { type FleetSettings, findFleet } from '../fleet';
import type { Terminal } from '../terminal';

/** Shows who holds the fleet, what the canary gets of the traffic, and the last deployments. */
export async function status(fleet: string, asJson: boolean, terminal: Terminal): Promise<number> {
  const settings = await findFleet(fleet);
  const [deployment, canaryWeight, history] = await Promise.all([
    runningDeployment(settings),
    weightOfCanary(settings),
    lastDeployments(settings),
  ]);
  if (asJson) {
    terminal.out(JSON.stringify({ fleet, deployment: deployment ?? null, canaryWeight, history }));
    return ExitCode.DONE;
  }
  terminal.out(`fleet:    ${fleet}`);
  terminal.out(`running:  ${deployment === undefined ? 'no deployment' : `${deployment.state ?? 'starting'} (${deployment.execution})`}`);
  terminal.out(`canary:   ${canaryWeight === 0 ? 'no traffic' : `${canaryWeight} % of the traffic`}`);
  if (history.length === 0) terminal.out('history:  nothing was deployed yet');
  for (const { endedAt, verdict, release, cause } of history) {
    terminal.out(`history:  ${[endedAt, verdict, release].filter((part) => part !== '').join('  ')}`);
    terminal.out(`          ${cause}`);
  }
  return ExitCode.DONE;
}

async function runningDeployment({ table, fleet }: FleetSettings): Promise<{ execution: string; state: string | undefined } | undefined> {
  const answer = await new DynamoDBClient({}).send(
    new GetItemCommand({ TableName: table, Key: { pk: { S: `fleet#${fleet}` }, sk: { S: 'lock' } }, ConsistentRead: true }),
  );
  const execution = answer.Item?.holder?.S;
  if (execution === undefined || execution === '') return undefined;
  return { execution, state: await currentState(execution) };
}

async function weightOfCanary({ mainRuleArn, canaryTargetGroupArn }: FleetSettings): Promise<number> {
  const answer = await new ElasticLoadBalancingV2Client({}).send(new DescribeRulesCommand({ RuleArns: [mainRuleArn] }));
  const groups = answer.Rules?.[0]?.Actions?.find((action) => action.Type === 'forward')?.ForwardConfig?.TargetGroups ?? [];
  const total = groups.reduce((sum, group) => sum + (group.Weight ?? 0), 0);
  const canary = groups.find((group) => group.TargetGroupArn === canaryTargetGroupArn)?.Weight ?? 0;
  return total === 0 ? 0 : Math.round((100 * canary) / total);
}

async function lastDeployments({
  table,
  fleet,
}: FleetSettings): Promise<Record<'epoch' | 'endedAt' | 'verdict' | 'release' | 'cause', string>[]> {
  const answer = await new DynamoDBClient({}).send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': { S: `fleet#${fleet}` }, ':sk': { S: 'deployment#' } },
      ScanIndexForward: false,
      Limit: 5,
    }),
  );
  return (answer.Items ?? []).map((item) => ({
    epoch: String(Number(item.sk.S!.slice('deployment#'.length))),
    endedAt: item.endedAt?.S ?? '',
    verdict: item.verdict?.S ?? '',
    release: item.release?.S ?? '',
    cause: item.cause?.S ?? '',
  }));
}
