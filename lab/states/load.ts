import { compileCondition } from './choice';
import { DefinitionError, Failure } from './failure';
import { Fields } from './fields';
import { compileExpression, type Scope } from './intrinsic';
import { isObject, type Json } from './json';
import { loadCatch, loadRetry } from './load-errors';
import { loadWait } from './load-wait';
import type { FailState, Machine, ResolveIntegration, State } from './model';
import { Path, type PathScope } from './path';
import { compileTemplate } from './template';

const MACHINE = ['Comment', 'StartAt', 'States', 'Version', 'TimeoutSeconds', 'QueryLanguage'];
const EVERY = ['Type', 'Comment', 'QueryLanguage'];
const FILTERS = [...EVERY, 'InputPath', 'OutputPath'];
const STEPS = [...FILTERS, 'Next', 'End'];
const COMPUTES = [...STEPS, 'Parameters', 'ResultPath'];
const FAILS = [...COMPUTES, 'ResultSelector', 'Retry', 'Catch'];

/**
 * Checks and compiles a state machine in the JSONPath query language.
 *
 * @param text the definition, as JSON
 * @param resolve finds what the resource of each Task stands for
 * @throws DefinitionError naming the state and the field that is wrong, or that the lab does not support
 */
export function loadDefinition(text: string, resolve: ResolveIntegration): Machine {
  let definition: Json;
  try {
    definition = JSON.parse(text) as Json;
  } catch (error) {
    throw new DefinitionError(`the definition is not JSON: ${(error as Error).message}`);
  }
  const fields = Fields.of('the definition', definition).only(MACHINE);
  if (fields.has('Version') && fields.raw('Version') !== '1.0') fields.refuse('Version', "'1.0'");
  const timeoutSeconds = fields.has('TimeoutSeconds') ? fields.number('TimeoutSeconds', 0, 1) : undefined;
  return { ...loadStates('the definition', fields, resolve, new Set()), timeoutSeconds };
}

function loadStates(where: string, fields: Fields, resolve: ResolveIntegration, names: Set<string>): Machine {
  if (fields.has('QueryLanguage') && fields.raw('QueryLanguage') !== 'JSONPath') fields.refuse('QueryLanguage', "'JSONPath'");
  const raw = fields.raw('States');
  if (!isObject(raw)) return fields.refuse('States', 'an object');
  const states = new Map<string, State>();
  for (const [name, value] of Object.entries(raw)) {
    if (names.has(name)) throw new DefinitionError(`two states are called '${name}'`);
    if (name.length > 80) throw new DefinitionError(`a state's name has at most 80 characters, got '${name}'`);
    names.add(name);
    states.set(name, loadState(name, Fields.of(`state '${name}'`, value), resolve, names));
  }
  const machine = { startAt: fields.text('StartAt'), states };
  checkTransitions(where, machine);
  return machine;
}

/** Every target is a state of the same machine or branch, and every state can be reached. */
function checkTransitions(where: string, machine: Machine): void {
  const reached = new Set<string>();
  const visit = (target: string, from: string): void => {
    const state = machine.states.get(target);
    if (!state) throw new DefinitionError(`${from} leads to '${target}', which is no state there`);
    if (reached.has(target)) return;
    reached.add(target);
    for (const next of targets(state)) visit(next, `state '${target}'`);
  };
  visit(machine.startAt, `'StartAt' of ${where}`);
  for (const name of machine.states.keys()) {
    if (!reached.has(name)) throw new DefinitionError(`state '${name}' cannot be reached`);
  }
}

function targets(state: State): string[] {
  const all: (string | undefined)[] = [];
  if ('next' in state) all.push(state.next);
  if ('catch' in state) all.push(...state.catch.map((catcher) => catcher.next));
  if (state.type === 'Choice') all.push(...state.choices.map((choice) => choice.next), state.otherwise);
  return all.filter((target) => target !== undefined);
}

function loadState(name: string, fields: Fields, resolve: ResolveIntegration, names: Set<string>): State {
  if (fields.has('QueryLanguage') && fields.raw('QueryLanguage') !== 'JSONPath') fields.refuse('QueryLanguage', "'JSONPath'");
  const type = fields.text('Type');
  const filters = () => ({ name, inputPath: fields.path('InputPath'), outputPath: fields.path('OutputPath') });
  const computes = () => ({
    ...filters(),
    next: nextOf(fields),
    resultPath: fields.path('ResultPath', true),
    ...templates(fields, 'Parameters'),
  });
  const fails = () => ({ ...computes(), ...templates(fields, 'ResultSelector'), retry: loadRetry(fields), catch: loadCatch(fields) });
  switch (type) {
    case 'Task': {
      fields.only([...FAILS, 'Resource', 'TimeoutSeconds', 'TimeoutSecondsPath']);
      const resource = fields.text('Resource');
      const integration = fields.within('Resource', () => resolve(resource, fields.raw('Parameters')));
      return { type, ...fails(), resource, integration, timeoutSeconds: loadTimeout(fields) };
    }
    case 'Parallel': {
      fields.only([...FAILS, 'Branches']);
      const branches = fields.list('Branches').map((branch, index) => {
        const where = `branch ${index + 1} of state '${name}'`;
        return loadStates(where, Fields.of(where, branch).only(['Comment', 'StartAt', 'States']), resolve, names);
      });
      return { type, ...fails(), branches };
    }
    case 'Pass':
      fields.only([...COMPUTES, 'Result']);
      return { type, ...computes(), result: fields.raw('Result') };
    case 'Choice':
      fields.only([...FILTERS, 'Choices', 'Default']);
      return {
        type,
        ...filters(),
        choices: fields.list('Choices').map((choice, index) => loadChoice(name, index, choice)),
        otherwise: fields.optionalText('Default'),
      };
    case 'Wait':
      fields.only([...STEPS, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath']);
      return { type, ...filters(), next: nextOf(fields), until: loadWait(fields) };
    case 'Succeed':
      fields.only(FILTERS);
      return { type, ...filters() };
    case 'Fail':
      return loadFail(name, fields.only([...EVERY, 'Error', 'ErrorPath', 'Cause', 'CausePath']));
    default:
      throw new DefinitionError(`state '${name}': the lab does not support states of 'Type' '${type}'`);
  }
}

function nextOf(fields: Fields): string | undefined {
  if (fields.has('End') && fields.raw('End') !== true) fields.refuse('End', 'true where it is given');
  if (fields.has('End') === fields.has('Next')) fields.refuse('Next', "given, or 'End', but not both");
  return fields.optionalText('Next');
}

function templates<K extends 'Parameters' | 'ResultSelector'>(fields: Fields, name: K) {
  const raw = fields.raw(name);
  if (raw === undefined) return {};
  return { [name === 'Parameters' ? 'parameters' : 'resultSelector']: fields.within(name, () => compileTemplate(raw)) };
}

function loadTimeout(fields: Fields) {
  if (fields.has('TimeoutSeconds') && fields.has('TimeoutSecondsPath'))
    fields.refuse('TimeoutSeconds', "given, or 'TimeoutSecondsPath', but not both");
  if (fields.has('TimeoutSeconds')) {
    const seconds = fields.number('TimeoutSeconds', 0, 1);
    return () => seconds;
  }
  if (!fields.has('TimeoutSecondsPath')) return undefined;
  const path = fields.within('TimeoutSecondsPath', () => Path.parse(fields.text('TimeoutSecondsPath')));
  return (scope: PathScope) => {
    const seconds = path.get(scope, 'States.Runtime', 'TimeoutSecondsPath');
    if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0) return seconds;
    throw new Failure('States.Runtime', `'TimeoutSecondsPath' must refer to a whole number above 0, got ${JSON.stringify(seconds)}`);
  };
}

function loadChoice(state: string, index: number, value: Json) {
  const where = `state '${state}': choice ${index + 1}`;
  const fields = Fields.of(where, value);
  const { Next: _, ...rule } = value as { [key: string]: Json };
  return { next: fields.text('Next'), condition: fields.within(`Choices[${index}]`, () => compileCondition(rule)) };
}

function loadFail(name: string, fields: Fields): FailState {
  const read = (field: 'Error' | 'Cause') => {
    const byPath = `${field}Path`;
    if (fields.has(field) && fields.has(byPath)) fields.refuse(field, `given, or '${byPath}', but not both`);
    if (fields.has(field)) {
      const literal = fields.text(field);
      return () => literal;
    }
    if (!fields.has(byPath)) return undefined;
    const expression = fields.within(byPath, () => compileExpression(fields.text(byPath), byPath));
    return (scope: Scope) => {
      const value = expression(scope);
      return typeof value === 'string' ? value : JSON.stringify(value);
    };
  };
  return { type: 'Fail', name, error: read('Error'), cause: read('Cause') };
}
