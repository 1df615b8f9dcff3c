import { loadDefinition } from '../../lab/states/load';
import { type DefinedState, type MachineDefinition, targetsOf } from '../scenarios/definition';

/** What of a state a mutant lacks or has turned around. */
export type Part = 'Retry' | 'Catch' | 'Choice';

/** A definition with one fault. */
export interface Mutant {
  /** Such as `How good is the canary?: rule 2 is deleted`. */
  readonly name: string;
  readonly state: string;
  readonly part: Part;
  /** Errors of the catcher that is deleted. */
  readonly errors: readonly string[];
  /** State that the mutant does not lead to any more where it should; undefined where any visit may differ. */
  readonly leaves?: string;
  readonly definition: MachineDefinition;
}

/** Every mutant of a definition: each Retry and catcher deleted, each rule deleted and inverted, each Default turned to the rule before it. */
export function mutantsOf(definition: MachineDefinition): Mutant[] {
  return Object.entries(definition.States).flatMap(([state, defined]) =>
    changesOf(defined).map(({ what, part, errors = [], leaves, change }) => ({
      name: `${state}: ${what}`,
      state,
      part,
      errors,
      leaves,
      definition: loadable({ ...definition, States: { ...definition.States, [state]: change } }),
    })),
  );
}

interface Change {
  readonly what: string;
  readonly part: Part;
  readonly errors?: readonly string[];
  readonly leaves?: string;
  readonly change: DefinedState;
}

function changesOf(state: DefinedState): Change[] {
  return [...retries(state), ...catchers(state), ...rules(state), ...defaults(state)];
}

function retries(state: DefinedState): Change[] {
  return (state.Retry ?? []).map((_, index) => ({
    what: `Retry ${index + 1} is deleted`,
    part: 'Retry',
    change: { ...state, Retry: orNone(without(state.Retry!, index)) },
  }));
}

function catchers(state: DefinedState): Change[] {
  return (state.Catch ?? []).map(({ ErrorEquals }, index) => ({
    what: `Catch of ${ErrorEquals.join(', ')} is deleted`,
    part: 'Catch',
    errors: ErrorEquals,
    change: { ...state, Catch: orNone(without(state.Catch!, index)) },
  }));
}

function rules(state: DefinedState): Change[] {
  return (state.Choices ?? []).flatMap((rule, index, all): Change[] => {
    const { Next, ...condition } = rule;
    const inverted = all.map((other, at) => (at === index ? { Not: condition, Next } : other));
    const name = `rule ${index + 1} (to '${Next}')`;
    return [
      { what: `${name} is inverted`, part: 'Choice', change: { ...state, Choices: inverted } },
      // A Choice must have a rule: the only one leads where the Default does instead.
      {
        what: `${name} is deleted`,
        part: 'Choice',
        leaves: Next,
        change: { ...state, Choices: all.length > 1 ? without(all, index) : [{ ...rule, Next: state.Default! }] },
      },
    ];
  });
}

function defaults(state: DefinedState): Change[] {
  if (state.Default === undefined) return [];
  return state.Choices!.map(({ Next }) => ({
    what: `Default leads to '${Next}'`,
    part: 'Choice',
    leaves: state.Default,
    change: { ...state, Default: Next },
  }));
}

function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, at) => at !== index);
}

/** The field is left out where its list would be empty, which the States Language does not allow. */
function orNone<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** A mutant that no lab would load would show nothing: states that cannot be reached go, and the rest is loaded once. */
function loadable(definition: MachineDefinition): MachineDefinition {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    targetsOf(definition.States[name]).forEach(visit);
  };
  visit(definition.StartAt);
  const States = Object.fromEntries(Object.entries(definition.States).filter(([name]) => reached.has(name)));
  const whole = { ...definition, States };
  loadDefinition(JSON.stringify(whole), () => ({ events: { kind: 'function' }, run: async (input) => input }));
  return whole;
}
