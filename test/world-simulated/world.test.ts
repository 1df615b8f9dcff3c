import { fleet, HOST, sha256 } from './fleet';

type Fleet = Awaited<ReturnType<typeof fleet>>;

/** A fleet at rest on v1, with v2 in the bucket. */
async function atRest(options: Parameters<typeof fleet>[0] = {}) {
  const lab = await fleet(options);
  const v1 = ['v1', lab.release('v1', { 'index.php': '1' })] as const;
  const v2 = ['v2', lab.release('v2', { 'index.php': '2' })] as const;
  lab.point('stable', 1, 'idle', v1);
  lab.point('canary', 1, 'idle', v1);
  await lab.clock.run(async () => {
    await lab.start();
    await lab.settled();
  });
  return { ...lab, v1, v2 };
}

const SCRIPT = '(fetch assets newer-host "$SSM_HostSha256" "$program" 0755)\n';

function command(
  lab: Fleet,
  instanceId: string,
  name: string,
  release = '',
  digest = '',
  epoch = '',
  timeoutSeconds = 600,
  host = sha256(HOST),
) {
  const environment = { SSM_Command: name, SSM_Release: release, SSM_Sha256: digest, SSM_Epoch: epoch, SSM_HostSha256: host };
  return lab.clock.run(() => lab.world.runScript(instanceId, SCRIPT, environment, timeoutSeconds));
}

describe('boot', () => {
  test('without a pointer serves the placeholder', async () => {
    const lab = await fleet();
    await lab.clock.run(async () => {
      await lab.start();
      await lab.settled();
    });
    expect(lab.releases('stable')).toEqual(['placeholder', 'placeholder']);
  });

  test('takes the release of the pointer, with the rights of the instance, and completes the hook', async () => {
    const lab = await atRest({ stable: 1 });
    expect(lab.releases('stable')).toEqual(['v1']);
    expect(lab.calls).toEqual([
      'role-of-profile s3:GetObject assets/host',
      'role-of-profile s3:GetObject artifacts/fleets/shop/stable',
      'role-of-profile s3:GetObject artifacts/releases/v1/manifest',
      'role-of-profile s3:GetObject artifacts/releases/v1/release.tar.gz',
      'role-of-profile s3:GetObject artifacts/fleets/shop/stable',
      'role-of-profile autoscaling:CompleteLifecycleAction',
    ]);
  });

  test('takes about a minute and a half of the lab, and none of ours', async () => {
    const lab = await fleet({ stable: 20 });
    const seconds = await lab.clock.run(async () => {
      const begun = lab.clock.now();
      await lab.start();
      await lab.autoScaling.settled('shop-stable');
      return (lab.clock.now() - begun) / 1000;
    });
    expect(seconds).toBeGreaterThan(35);
    expect(seconds).toBeLessThan(90);
  });

  test.each([
    ['GetObject', 'could not fetch s3://assets/host'],
    ['CompleteLifecycleAction', '403 AccessDenied'],
  ])('that may not %s never comes into service, and says why', async (operation, message) => {
    const lab = await fleet({ stable: 1 });
    lab.denied.add(operation);
    const first = await lab.clock.run(async () => {
      await lab.start();
      const [{ instanceId }] = lab.autoScaling.instances('shop-stable');
      await expect(lab.autoScaling.settled('shop-stable', 400)).rejects.toThrow('Heartbeat Timeout');
      return instanceId;
    });
    expect(lab.world.consoleLog(first)).toContain(message);
  });

  test('of a release that is not healthy is abandoned, or left to the hook', async () => {
    const lab = await fleet({ stable: 1, canary: 1 });
    const good = ['v1', lab.release('v1', {})] as const;
    const sick = ['v2', lab.release('v2', { 'behaviour.json': '{"healthy":false}' })] as const;
    lab.point('stable', 2, 'idle', good);
    lab.point('canary', 2, 'deploying', good, sick);
    await lab.clock.run(async () => {
      await lab.start();
      await expect(lab.autoScaling.settled('shop-canary', 600)).rejects.toThrow('was abandoned');
    });
    expect(lab.releases('stable')).toEqual(['v1']);
    expect(lab.autoScaling.instances('shop-canary').every(({ lifecycleState }) => lifecycleState !== 'InService')).toBe(true);
  });
});

describe('commands', () => {
  test('stage, activate and revert change the release that the machine serves', async () => {
    const lab = await atRest({ stable: 1 });
    lab.point('stable', 2, 'promoting', lab.v1, lab.v2);
    const [{ instanceId }] = lab.autoScaling.instances('shop-stable');
    expect(await command(lab, instanceId, 'stage', ...lab.v2, '2')).toMatchObject({ exitCode: 0 });
    expect(lab.releases('stable')).toEqual(['v1']);
    expect(await command(lab, instanceId, 'activate', ...lab.v2, '2')).toMatchObject({ exitCode: 0 });
    expect(lab.releases('stable')).toEqual(['v2']);
    expect(JSON.parse((await command(lab, instanceId, 'status')).stdout)).toMatchObject({ release: 'v2', previous: 'v1', epoch: 2 });
    expect(await command(lab, instanceId, 'revert', 'v2', '', '2')).toMatchObject({ exitCode: 0 });
    expect(lab.releases('stable')).toEqual(['v1']);
  });

  test('of an older epoch are fenced', async () => {
    const lab = await atRest({ stable: 1 });
    const [{ instanceId }] = lab.autoScaling.instances('shop-stable');
    const result = await command(lab, instanceId, 'activate', ...lab.v2, '0');
    expect(result).toMatchObject({ exitCode: 77, stderr: expect.stringMatching(/^asg-canary-host: /) });
  });

  test('without a command fail closed', async () => {
    const lab = await atRest({ stable: 1 });
    expect(await command(lab, lab.autoScaling.instances('shop-stable')[0].instanceId, '')).toMatchObject({ exitCode: 69 });
  });

  test('install the host program that they were made for first', async () => {
    const lab = await atRest({ stable: 1 });
    const [{ instanceId }] = lab.autoScaling.instances('shop-stable');
    const newer = Buffer.from('a newer host program');
    lab.objects.set('assets/newer-host', newer);
    const result = await command(lab, instanceId, 'status', '', '', '', 600, sha256(newer));
    expect(JSON.parse(result.stdout)).toMatchObject({ host: sha256(newer) });
  });

  test.each([
    ['status', 69],
    ['revert', 0],
  ])('%s ends with %d where that program cannot be had', async (name, exitCode) => {
    const lab = await atRest({ stable: 1 });
    const [{ instanceId }] = lab.autoScaling.instances('shop-stable');
    lab.objects.set('assets/newer-host', Buffer.from('tampered with'));
    const result = await command(lab, instanceId, name, 'v2', '', '2', 600, sha256(Buffer.from('a newer host program')));
    expect(result.exitCode).toBe(exitCode);
  });

  test('that take longer than their time-out have no exit code', async () => {
    const lab = await atRest({ stable: 1 });
    lab.point('stable', 2, 'promoting', lab.v1, lab.v2);
    const [{ instanceId }] = lab.autoScaling.instances('shop-stable');
    expect(await command(lab, instanceId, 'stage', ...lab.v2, '2', 1)).toMatchObject({ exitCode: undefined });
  });

  test('reach only machines that are up and connected', async () => {
    const lab = await fleet({ stable: 1 });
    await lab.clock.run(async () => {
      await lab.start();
      await lab.clock.sleep(10_000);
    });
    const [{ instanceId }] = lab.autoScaling.instances('shop-stable');
    expect(lab.world.agentOnline(instanceId)).toBe(false);
    await lab.clock.run(() => lab.settled());
    expect(lab.world.agentOnline(instanceId)).toBe(true);
    lab.world.setAgentOnline(instanceId, false);
    expect(lab.world.agentOnline(instanceId)).toBe(false);
  });
});

test('the timer converges to the pointer', async () => {
  const lab = await atRest({ stable: 3, timer: true });
  lab.point('stable', 2, 'promoted', lab.v1, lab.v2);
  await lab.clock.run(() => lab.clock.sleep(330_000));
  expect(lab.releases('stable')).toEqual(['v2', 'v2', 'v2']);
});

test('the application answers health checks as its release says', async () => {
  const lab = await atRest({ stable: 1 });
  const sick = ['v3', lab.release('v3', { 'behaviour.json': '{"healthy":false}' })] as const;
  lab.point('stable', 2, 'promoting', lab.v1, sick);
  const [{ instanceId }] = lab.autoScaling.instances('shop-stable');
  expect(await lab.world.probe(instanceId)).toEqual({ status: 200 });
  const result = await command(lab, instanceId, 'activate', ...sick, '2');
  expect(result).toMatchObject({ exitCode: 70, stderr: expect.stringContaining('answered 503') });
  expect(lab.releases('stable')).toEqual(['v1']);
  expect(await lab.world.probe('i-none')).toEqual({ status: undefined });
});
