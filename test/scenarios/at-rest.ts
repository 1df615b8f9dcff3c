import type { Fleet } from './fleet';

/** Expects a fleet between deployments: nothing runs, customers are on stable, and every instance and pointer is on one release. */
export async function expectAtRest(fleet: Fleet, release: string): Promise<void> {
  const dump = (await fleet.dump()) as {
    rules: Record<string, { groups?: { group: string }[] }>;
    groups: Record<string, { desired: number; instances: Record<string, { lifecycleState: string; protectedFromScaleIn: boolean }> }>;
    lock: unknown;
  };
  const canary = fleet.parameter.canaryTargetGroupArn.split('/')[1];
  const naming = Object.values(dump.rules).filter(({ groups = [] }) => groups.some(({ group }) => group === canary));
  const stable = Object.values(dump.groups[`${fleet.name}-stable`].instances);
  expect({
    lock: dump.lock,
    rulesWithCanary: naming.length,
    weight: fleet.canaryWeight(),
    canaries: dump.groups[`${fleet.name}-canary`],
    releases: [...new Set(fleet.releases('stable'))],
    states: [...new Set(stable.map(({ lifecycleState }) => lifecycleState))],
    protectedInstances: stable.filter(({ protectedFromScaleIn }) => protectedFromScaleIn).length,
    stable: fleet.pointer('stable'),
    canary: fleet.pointer('canary'),
  }).toMatchObject({
    lock: { holder: { S: '' } },
    rulesWithCanary: 0,
    weight: 0,
    canaries: { desired: 0, instances: {}, suspended: [] },
    releases: [release],
    states: ['InService'],
    protectedInstances: 0,
    stable: { phase: 'idle', committed: release, candidate: '' },
    canary: { phase: 'idle', committed: release, candidate: '' },
  });
}
