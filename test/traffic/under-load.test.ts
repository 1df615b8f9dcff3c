import { ScaledClock } from '../../lab/clock/scaled-clock';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import { LoadGenerator } from '../../lab/traffic/load/load-generator';
import { type FinishedRequest, LoadBalancerProxy } from '../../lab/traffic/proxy/load-balancer-proxy';
import { ProcessWorld } from '../../lab/world/live/process-world';

const RATE = 450;

function userData(address: string): string {
  return `#!/bin/bash
set -euo pipefail
cat >"$ASG_CANARY_ROOT/server.js" <<'JS'
require('node:http').createServer((q, r) => r.setHeader('x-release', process.env.HOST).end('ok')).listen(8080, process.env.HOST);
JS
cat >"$ASG_CANARY_ROOT/etc/systemd/system/web.service" <<UNIT
[Service]
Environment=HOST=${address}
ExecStart=/usr/bin/env node $ASG_CANARY_ROOT/server.js
UNIT
systemctl enable --now web
`;
}

test(`at ${RATE} requests a second none is lost while instances come, drain and go`, async () => {
  const clock = new ScaledClock(new Date('2026-01-01T00:00:00Z'), 600, (error) => {
    throw error;
  });
  const world = new ProcessWorld(
    { clock, random: new Random(1), region: 'eu-west-1', account: '123456789012', speed: 'live', events: new EventBus() },
    { credentials: { issueKey: () => ({ accessKeyId: 'ASIA', secretAccessKey: 'secret' }) }, endpoint: () => 'http://127.0.0.1:9' },
  );
  const launch = async (number: number) => {
    const [instanceId, address] = [`i-${number}`, `127.85.0.${number}`];
    world.launch({
      instanceId,
      group: 'g',
      address,
      userData: userData(address),
      roleArn: 'arn:aws:iam::123456789012:role/r',
      imageId: 'ami-1',
      availabilityZone: 'a',
    });
    while ((await world.probe(instanceId, 8080, '/', 1)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
    return instanceId;
  };
  let inService = await Promise.all([1, 2, 3].map(launch));
  let turn = 0;
  const finished: FinishedRequest[] = [];
  const proxy = new LoadBalancerProxy({
    route: () => ({ kind: 'forward', targetGroupArn: 'arn:stable', instanceId: inService[turn++ % inService.length], port: 8080 }),
    addressOf: (instanceId) => world.addressOf(instanceId),
    onFinished: (request) => finished.push(request),
  });
  const generator = await LoadGenerator.start({ url: await proxy.start(), requestsPerSecond: RATE });
  try {
    for (const number of [4, 5, 6]) {
      const joined = await launch(number);
      const [leaving, ...staying] = inService;
      inService = [...staying, joined];
      await proxy.drained(leaving);
      await world.terminate(leaving);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const totals = await generator.stop();
    expect(totals.failures).toEqual({});
    const statuses = Object.values(totals.answers).flatMap((answers) => Object.keys(answers));
    expect(new Set(statuses)).toEqual(new Set(['200']));
    expect(Object.keys(totals.answers)).toHaveLength(6);
    expect(totals.sent / totals.seconds).toBeGreaterThan(RATE * 0.8);
    expect(finished).toHaveLength(totals.sent);
    expect(finished.filter(({ status }) => status !== 200)).toEqual([]);
  } finally {
    await generator.stop();
    await proxy.stop();
    await world.stop();
    clock.stop();
  }
});
