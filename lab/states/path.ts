import { DefinitionError, Failure } from './failure';
import { isObject, type Json } from './json';

type Step =
  | { readonly kind: 'member'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descend' };

/** What paths are read from: the state's input, and the context object that `$$` names. */
export interface PathScope {
  readonly input: Json;
  readonly context: Json;
}

const CONTEXT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Execution: ['Id', 'Input', 'Name', 'RoleArn', 'StartTime', 'RedriveCount'],
  State: ['EnteredTime', 'Name', 'RetryCount'],
  StateMachine: ['Id', 'Name'],
};

/**
 * A JSONPath: members, indexes, unions, slices, `*` and `..`. Filters and scripts are refused.
 * A *reference path* names at most one node.
 *
 * @see https://states-language.net/spec.html#path
 */
export class Path {
  private constructor(
    readonly text: string,
    readonly ofContext: boolean,
    private readonly steps: readonly Step[],
  ) {}

  /** @throws DefinitionError where the text is not a path or holds what the lab does not support */
  static parse(text: string): Path {
    const ofContext = text.startsWith('$$');
    if (!text.startsWith('$')) throw new DefinitionError(`a path must start with $, got '${text}'`);
    const path = new Path(text, ofContext, parseSteps(text, ofContext ? 2 : 1));
    if (ofContext) path.checkContext();
    return path;
  }

  /** Whether it names at most one node: no union, slice, wildcard or descent. */
  get isReference(): boolean {
    return this.steps.every(
      (step) => (step.kind === 'member' && step.names.length === 1) || (step.kind === 'index' && step.indexes.length === 1),
    );
  }

  /** The named value, or undefined. A path that is no reference path gives the list of what it matches. */
  find(scope: PathScope): Json | undefined {
    let nodes: Json[] = [this.ofContext ? scope.context : scope.input];
    for (const step of this.steps) nodes = nodes.flatMap((node) => follow(step, node));
    return this.isReference ? nodes[0] : nodes;
  }

  /** Like `find`; a missing value is a failure of this name. */
  get(scope: PathScope, error: string, field: string): Json {
    const value = this.find(scope);
    if (value !== undefined) return value;
    const root = JSON.stringify(this.ofContext ? scope.context : scope.input);
    throw new Failure(error, `The JSONPath '${this.text}' specified for the field '${field}' could not be found in the input '${root}'`);
  }

  /** A copy of `into` with `value` put where this reference path points; missing objects on the way are made. */
  put(into: Json, value: Json): Json {
    const place = (node: Json | undefined, depth: number): Json => {
      if (depth === this.steps.length) return value;
      const step = this.steps[depth];
      if (step.kind === 'index' && Array.isArray(node) && step.indexes[0] < node.length) {
        return node.map((item, index) => (index === step.indexes[0] ? place(item, depth + 1) : item));
      }
      if (step.kind === 'member' && (node === undefined || isObject(node))) {
        const name = step.names[0];
        return { ...node, [name]: place(node !== undefined && Object.hasOwn(node, name) ? node[name] : undefined, depth + 1) };
      }
      throw new Failure('States.ResultPathMatchFailure', `Unable to apply step "${this.text}" to input ${JSON.stringify(into)}`);
    };
    return place(into, 0);
  }

  private checkContext(): void {
    const [first, second] = this.steps.map((step) => (step.kind === 'member' ? step.names[0] : undefined));
    if (this.steps.length === 0) return;
    const fields = first === undefined ? undefined : CONTEXT_FIELDS[first];
    if (fields === undefined || (this.steps.length > 1 && (second === undefined || !fields.includes(second)))) {
      throw new DefinitionError(`the lab's context object has no '${this.text}'`);
    }
  }
}

const STEP =
  /\.\.(?=[\p{L}_*])|\.?\*|\.(?<name>[\p{L}\p{N}_-]+)|\[\*\]|\[(?<quoted>\s*'(?:[^'\\]|\\.)*'(?:\s*,\s*'(?:[^'\\]|\\.)*')*\s*)\]|\[(?<indexes>\d+(?:\s*,\s*\d+)*)\]|\[(?<from>\d*):(?<to>\d*)\]/uy;

function parseSteps(text: string, start: number): Step[] {
  const steps: Step[] = [];
  let at = start;
  while (at < text.length) {
    if (text.startsWith('[?', at) || text.startsWith('[(', at))
      throw new DefinitionError(`the lab does not support filters in paths: '${text}'`);
    // After `..` the name comes without a dot of its own.
    const afterDescend = steps.at(-1)?.kind === 'descend';
    const bare = afterDescend ? /[\p{L}\p{N}_-]+/uy : undefined;
    if (bare) bare.lastIndex = at;
    const plain = bare?.exec(text);
    if (plain) {
      steps.push({ kind: 'member', names: [plain[0]] });
      at += plain[0].length;
      continue;
    }
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (!match) throw new DefinitionError(`the lab does not understand the path '${text}' at '${text.slice(at)}'`);
    steps.push(toStep(match));
    at += match[0].length;
  }
  return steps;
}

function toStep(match: RegExpExecArray): Step {
  const { name, quoted, indexes, from, to } = match.groups ?? {};
  if (name !== undefined) return { kind: 'member', names: [name] };
  if (quoted !== undefined) {
    const names = [...quoted.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map((found) => found[1].replace(/\\(.)/g, '$1'));
    return { kind: 'member', names };
  }
  if (indexes !== undefined) return { kind: 'index', indexes: indexes.split(',').map(Number) };
  if (from !== undefined) return { kind: 'slice', ...(from && { from: Number(from) }), ...(to && { to: Number(to) }) };
  return { kind: match[0] === '..' ? 'descend' : 'wildcard' };
}

function follow(step: Step, node: Json): Json[] {
  switch (step.kind) {
    case 'member':
      return isObject(node) ? step.names.filter((name) => Object.hasOwn(node, name)).map((name) => node[name]) : [];
    case 'index':
      return Array.isArray(node) ? step.indexes.filter((index) => index < node.length).map((index) => node[index]) : [];
    case 'slice':
      return Array.isArray(node) ? node.slice(step.from, step.to) : [];
    case 'wildcard':
      return children(node);
    case 'descend':
      return [node, ...children(node).flatMap((child) => follow(step, child))];
  }
}

function children(node: Json): Json[] {
  if (Array.isArray(node)) return node;
  return isObject(node) ? Object.values(node) : [];
}
