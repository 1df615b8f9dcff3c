import { analyse } from './analyse';
import { bake } from './bake';
import { begin } from './begin';
import { build } from './build';
import { canary } from './canary';
import { finish } from './finish';
import { gate } from './gate';
import { hold } from './hold';
import { maintenance } from './maintenance';
import type { MachineParts, States } from './model';
import { BEGIN } from './names';
import { promote } from './promote';
import { recover } from './recover';
import { rollback } from './rollback';

/** A state machine in the Amazon States Language. */
export interface Definition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: States;
}

/** The deployment of a fleet, phase by phase. docs/state-machine.md tells what its data is and who writes it. */
export function definition(parts: MachineParts): Definition {
  return {
    Comment: `Deploys a release to the fleet ${parts.fleetName}`,
    StartAt: BEGIN,
    TimeoutSeconds: parts.timeoutSeconds,
    States: {
      ...begin(parts),
      ...build(parts),
      ...canary(parts),
      ...gate(parts),
      ...maintenance(parts),
      ...hold(parts),
      ...analyse(parts),
      ...promote(parts),
      ...bake(parts),
      ...finish(parts),
      ...rollback(parts),
      ...recover(parts),
    },
  };
}
