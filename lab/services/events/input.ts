import { isObject, type Json } from '../../states/json';
import { Path } from '../../states/path';

/** Makes what a target gets out of an event. */
export type TargetInput = (event: Json) => Json;

/** What the rule adds to a transformer's own variables. */
export interface RuleIdentity {
  readonly name: string;
  readonly arn: string;
}

/**
 * Compiles a target's Input, InputPath or InputTransformer; the whole event without any of them.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function compileInput(target: Readonly<Record<string, unknown>>, rule: RuleIdentity): TargetInput {
  const given = ['Input', 'InputPath', 'InputTransformer'].filter((name) => target[name] !== undefined);
  if (given.length > 1) throw new Error(`a target must have one of Input, InputPath and InputTransformer, got ${given.join(', ')}`);
  if (typeof target.Input === 'string') {
    const constant = JSON.parse(target.Input) as Json;
    return () => constant;
  }
  if (typeof target.InputPath === 'string') {
    const path = Path.parse(target.InputPath);
    return (event) => path.find({ input: event, context: null }) ?? null;
  }
  if (target.InputTransformer === undefined) return (event) => event;
  return compileTransformer(target.InputTransformer, rule);
}

function compileTransformer(transformer: unknown, rule: RuleIdentity): TargetInput {
  const { InputPathsMap = {}, InputTemplate, ...unknown } = transformer as Record<string, unknown>;
  if (Object.keys(unknown).length > 0) throw new Error(`the lab does not know '${Object.keys(unknown)[0]}' of InputTransformer`);
  if (typeof InputTemplate !== 'string' || !isObject(InputPathsMap))
    throw new Error("'InputTransformer' must have an InputTemplate and may have an InputPathsMap");
  const variables = new Map<string, (event: Json) => Json | undefined>(
    Object.entries(InputPathsMap).map(([name, text]) => {
      const path = Path.parse(String(text));
      return [name, (event: Json) => path.find({ input: event, context: null })];
    }),
  );
  variables.set('aws.events.rule-arn', () => rule.arn);
  variables.set('aws.events.rule-name', () => rule.name);
  variables.set('aws.events.event.json', (event) => event);
  const pieces = parseTemplate(InputTemplate, variables);
  return (event) => {
    const text = pieces.map((piece) => (typeof piece === 'string' ? piece : piece(event))).join('');
    return JSON.parse(text) as Json;
  };
}

/** A placeholder inside quotes gives the bare text of its value, one outside gives its JSON; a value that is missing gives nothing. */
function parseTemplate(
  template: string,
  variables: ReadonlyMap<string, (event: Json) => Json | undefined>,
): (string | ((event: Json) => string))[] {
  let quoted = false;
  return template.split(/(<[\w.-]+>)/).map((piece) => {
    const name = /^<([\w.-]+)>$/.exec(piece)?.[1];
    if (name === undefined) {
      for (const [mark] of piece.matchAll(/\\.|"/g)) if (mark === '"') quoted = !quoted;
      return piece;
    }
    const variable = variables.get(name);
    if (!variable) throw new Error(`the InputTemplate names <${name}>, which the InputPathsMap does not have`);
    const bare = quoted;
    return (event) => {
      const value = variable(event);
      if (value === undefined) return '';
      if (!bare) return JSON.stringify(value);
      return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1);
    };
  });
}
