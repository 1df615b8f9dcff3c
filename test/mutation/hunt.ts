import { definitionOf, withDefinition } from '../scenarios/definition';
import { lastingFault, lostLock, transientFault } from '../scenarios/fault-cases';
import { rehearse, step, type Tracks } from '../scenarios/rehearsal';
import { WALKS, type Walk } from '../scenarios/walks';
import { type Mutant, mutantsOf } from './mutants';

/** A mutant as it is in the definition of each stack. */
export interface Prey {
  readonly name: string;
  readonly forms: { readonly [stack in 'reference' | 'second']?: Mutant };
}

/** The mutants of both stacks' definitions, each name once. */
export function preyOf(part: (mutant: Mutant) => boolean): Prey[] {
  const all = new Map<string, Prey>();
  for (const stack of ['reference', 'second'] as const) {
    for (const mutant of mutantsOf(definitionOf(stack)).filter(part)) {
      all.set(mutant.name, { name: mutant.name, forms: { ...all.get(mutant.name)?.forms, [stack]: mutant } });
    }
  }
  return [...all.values()];
}

/** A walk that was made without any mutant. */
interface Trail extends Tracks {
  readonly walk: Walk;
  readonly milliseconds: number;
}

/** Makes every walk without a mutant, so that the walks which a mutant can touch are known. */
export async function scout(): Promise<Trail[]> {
  const trails: Trail[] = [];
  for (const walk of WALKS) {
    const begun = performance.now();
    const tracks = await rehearse(walk);
    trails.push({ walk, ...tracks, milliseconds: performance.now() - begun });
  }
  return trails;
}

/** What showed that a mutant is one; undefined for a survivor of all checks that come to its state. */
export async function hunt({ forms }: Prey, trails: readonly Trail[]): Promise<string | undefined> {
  const touched = trails.flatMap((trail) => {
    const { stack = 'reference' } = trail.walk.options;
    const mutant = stack === 'market' ? undefined : forms[stack];
    return mutant !== undefined && touches(mutant, trail) ? [{ ...trail, mutant }] : [];
  });
  for (const { walk, mutant } of chosen(touched)) {
    try {
      await checkOf(mutant)(walk, mutant.state, { change: withDefinition(mutant.definition) });
    } catch (error) {
      return `${walk.name}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

/** For a fault at a state the first walk there, which test/scenarios/faults.test.ts takes too; otherwise every walk, the quickest first. */
function chosen<T extends Trail & { readonly mutant: Mutant }>(touched: readonly T[]): readonly T[] {
  if (touched[0]?.mutant.part !== 'Choice') return touched.slice(0, 1);
  return [...touched].sort((one, other) => one.milliseconds - other.milliseconds);
}

/** The rehearsal that needs what the mutant lacks. */
function checkOf({ part, errors }: Mutant) {
  if (part === 'Retry') return transientFault;
  if (part === 'Catch') return errors.includes('Fenced') ? lostLock : lastingFault;
  return (walk: Walk, _state: string, twist: Parameters<typeof rehearse>[1]) => rehearse(walk, twist);
}

/** Whether a walk comes where the mutant may differ. */
function touches({ state, leaves }: Mutant, { states, steps }: Tracks): boolean {
  return leaves === undefined ? states.has(state) : steps.has(step(state, leaves));
}
