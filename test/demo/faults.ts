import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Operation } from '../../lab/kernel/service';
import type { LiveLab } from '../../lab/live-lab';

/** A fault that a demo must notice: changes the lab, and may give clients another address. */
type Fault = (lab: LiveLab) => Promise<string | undefined>;

/** Which of the requests through the relay is reset. */
const RESET_REQUEST = 1000;

/** The deployment is never told that a build has ended. */
const buildsNeverEnd: Fault = async ({ account }) => {
  account.codeBuild.waitForBuild = () => new Promise(() => {});
  return undefined;
};

/** ModifyRule answers as ever, and changes nothing. */
const modifyRuleIsIgnored: Fault = async ({ account }) => {
  const { operations } = account.loadBalancing;
  const changed: Record<string, Operation> = {
    ModifyRule: {
      ...operations.ModifyRule,
      handle: (input: { RuleArn: string }, call) => operations.DescribeRules.handle({ RuleArns: [input.RuleArn] }, call),
    },
  };
  Object.assign(operations, changed);
  return undefined;
};

/** From the second release on, one instance says that every command is done and does none; its timer is off. */
const oneInstanceKeepsV1: Fault = async ({ account: { autoScaling, world } }) => {
  const [stubborn] = autoScaling.instancesOf(autoScaling.groupNames().find((name) => name.endsWith('-stable'))!);
  await world.runScript(stubborn, 'systemctl stop asg-canary-sync.timer', {}, 10);
  const runScript = world.runScript.bind(world);
  world.runScript = (instanceId, script, environment, timeoutSeconds) => {
    const isFirst = environment.SSM_Release === undefined || environment.SSM_Release.startsWith('v1-');
    if (instanceId !== stubborn || isFirst) return runScript(instanceId, script, environment, timeoutSeconds);
    return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
  };
  return undefined;
};

/** Between clients and load balancer, one request is reset instead of answered. */
const oneRequestIsReset: Fault = async ({ url }) => {
  const { hostname, port } = new URL(url);
  let requests = 0;
  const relay = createServer((client) => {
    pair(client, connect(Number(port), hostname));
    client.on('data', () => {
      if (++requests === RESET_REQUEST) client.resetAndDestroy();
    });
  });
  relay.unref();
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
};

function pair(client: Socket, upstream: Socket): void {
  client.pipe(upstream).pipe(client);
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

export const FAULTS = { buildsNeverEnd, modifyRuleIsIgnored, oneInstanceKeepsV1, oneRequestIsReset };
