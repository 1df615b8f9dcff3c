import { VirtualClock } from '../../lab/clock/virtual-clock';
import type { LabContext } from '../../lab/kernel/context';
import { EventBus, type LabEvent } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { ResolvedResource, ResourceProvider } from '../../lab/kernel/resources';
import type { Call, Service } from '../../lab/kernel/service';
import type { InstanceSpec, ProbeResult, ScriptResult, World } from '../../lab/kernel/world';

/** 2026-03-01T10:00:00Z, the start of a minute. */
export const START = Date.parse('2026-03-01T10:00:00Z');

/** A simulated lab without services, and what its bus has carried. */
export function simulatedContext(seed = 1): LabContext & { readonly clock: VirtualClock; readonly seen: LabEvent[] } {
  const events = new EventBus();
  const seen: LabEvent[] = [];
  events.subscribe((event) => seen.push(event));
  return {
    clock: new VirtualClock(new Date(START)),
    random: new Random(seed),
    region: 'eu-west-1',
    account: '111122223333',
    speed: 'simulated',
    events,
    seen,
  };
}

/** Machines that answer what the test says, and do nothing by themselves. */
export class FakeWorld implements World {
  readonly launched: InstanceSpec[] = [];
  readonly terminated: string[] = [];
  /** Health page by instance; 200 where the test says nothing. */
  readonly status = new Map<string, number | undefined>();
  probes = 0;
  onLaunch: (spec: InstanceSpec) => void = () => undefined;

  launch(spec: InstanceSpec): void {
    this.launched.push(spec);
    this.onLaunch(spec);
  }

  async terminate(instanceId: string): Promise<void> {
    this.terminated.push(instanceId);
  }

  async probe(instanceId: string): Promise<ProbeResult> {
    this.probes++;
    return { status: this.status.has(instanceId) ? this.status.get(instanceId) : 200 };
  }

  async runScript(): Promise<ScriptResult> {
    throw new Error('this world runs no scripts');
  }

  agentOnline(): boolean {
    return true;
  }
}

const CALL: Call = { principal: { kind: 'operator', arn: 'operator' }, requestId: 'test', headers: {} };

/** Calls an operation as the wire would, without the checks of IAM. */
// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation, and tests read them freely
export async function call(service: Service, operation: string, input: object): Promise<any> {
  return service.operations[operation].handle(input, CALL);
}

/** Creates a resource by the provider of its type. */
export async function create(
  providers: readonly ResourceProvider[],
  type: string,
  logicalId: string,
  properties: ResolvedResource['properties'],
) {
  return provider(providers, type).create({ logicalId, type, properties });
}

/** Updates a resource by the provider of its type. */
export async function update(
  providers: readonly ResourceProvider[],
  type: string,
  physicalId: string,
  properties: ResolvedResource['properties'],
) {
  return provider(providers, type).update({ logicalId: 'Resource', type, properties }, physicalId);
}

function provider(providers: readonly ResourceProvider[], type: string): ResourceProvider {
  const found = providers.find((candidate) => candidate.type === type);
  if (found === undefined) throw new Error(`there is no provider of ${type}`);
  return found;
}
