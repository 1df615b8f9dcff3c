import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Template } from '../../lab/cloudformation/template';
import { REFERENCE, SECOND } from '../assemblies';

/** A catcher of a Task. */
export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

/** A state of the synthesized definition, as far as tests look at it. */
export interface DefinedState {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Next?: string;
  readonly Retry?: readonly object[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly ({ readonly Next: string } & Readonly<Record<string, unknown>>)[];
  readonly Default?: string;
}

export interface MachineDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, DefinedState>>;
}

export type StackId = 'reference' | 'second';

const TEMPLATES = {
  reference: path.join(REFERENCE, 'HelloWeb.template.json'),
  second: path.join(SECOND, 'Store.template.json'),
};

/** The state machine of a synthesized stack; what the template refers to stands as `{{0}}`, `{{1}}` and so on. */
export function definitionOf(stack: StackId): MachineDefinition {
  const template: Template = JSON.parse(readFileSync(TEMPLATES[stack], 'utf8'));
  return JSON.parse(textOf(joined(template)));
}

/** A change of the template for `FleetOptions` that puts another definition into it. */
export function withDefinition(definition: MachineDefinition): (template: Template) => Template {
  return (template) => {
    const changed = structuredClone(template);
    const references = joined(changed).filter((part) => typeof part !== 'string');
    const parts = JSON.stringify(definition).split(/\{\{(\d+)\}\}/);
    const join = parts.map((part, index) => (index % 2 === 0 ? part : references[Number(part)]));
    machineOf(changed).Properties!.DefinitionString = { 'Fn::Join': ['', join] };
    return changed;
  };
}

/** Names of the Task states. */
export function tasksOf(states: MachineDefinition['States']): string[] {
  return Object.keys(states).filter((name) => states[name].Type === 'Task');
}

/** All states that a state may lead to. */
export function targetsOf({ Next, Default, Catch = [], Choices = [] }: DefinedState): string[] {
  return [Next, Default, ...Catch.map((catcher) => catcher.Next), ...Choices.map((rule) => rule.Next)].filter((name) => name !== undefined);
}

function machineOf(template: Template) {
  return Object.values(template.Resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine')!;
}

function joined(template: Template): unknown[] {
  return machineOf(template).Properties!.DefinitionString['Fn::Join'][1];
}

function textOf(parts: readonly unknown[]): string {
  let references = 0;
  return parts.map((part) => (typeof part === 'string' ? part : `{{${references++}}}`)).join('');
}
