import type { Template } from '../../lab/cloudformation/template';
import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { type Ended, Fleet } from './fleet';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

const LOOKS = ['AnalyseCanary', 'WatchBake', 'PlanWave'];

/** Deploys to so many instances, and gives the most API calls that one look of each kind made. */
async function callsPerLook(instances: number): Promise<{ calls: Record<string, number>; ended: Ended; seconds: number }> {
  fleet = await Fleet.create({ change: withInstances(instances) });
  const { lambda, wire } = fleet.lab.account;
  const calls: Record<string, number> = {};
  let look = '';
  let count = 0;
  lambda.onInvoke(({ arn }) => {
    look = LOOKS.find((name) => arn.includes(name)) ?? '';
    count = 0;
  });
  wire.onCall(({ principal }) => {
    if (look === '' || !principal.arn.includes(look)) return;
    count++;
    calls[look] = Math.max(calls[look] ?? 0, count);
  });
  fleet.release('r2');
  const begun = performance.now();
  const ended = await fleet.run({ release: 'r2' });
  return { calls, ended, seconds: (performance.now() - begun) / 1000 };
}

// A fleet of 100 instances on a machine that has other things to do.
jest.setTimeout(300_000);

test('a look makes as many API calls with 100 instances as with 3', async () => {
  const small = await callsPerLook(3);
  await fleet.close();
  const large = await callsPerLook(100);
  process.stdout.write(`a complete deployment to 100 instances in simulated time: ${large.seconds.toFixed(1)} s of real time\n`);
  expect(large.ended.outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
  expect(fleet.releases('stable')).toEqual(Array(100).fill('r2'));
  expect(Object.keys(small.calls).sort()).toEqual([...LOOKS].sort());
  expect(large.calls).toEqual(small.calls);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r2');
});

function withInstances(size: number): (template: Template) => Template {
  return (template) => {
    for (const { Properties } of Object.values(template.Resources)) {
      const name = Properties?.AutoScalingGroupName;
      if (name === 'hello-stable') [Properties!.MinSize, Properties!.MaxSize] = [String(size), String(size + 20)];
      if (name === 'hello-canary') Properties!.MaxSize = '40';
    }
    return template;
  };
}
