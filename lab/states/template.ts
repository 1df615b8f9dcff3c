import { DefinitionError } from './failure';
import { compileExpression, type Expression } from './intrinsic';
import { isObject, type Json, type JsonObject } from './json';

/**
 * Compiles a payload template (Parameters, ResultSelector): fields whose names end in `.$` are evaluated, the rest stands as it is.
 *
 * @see https://states-language.net/spec.html#payload-template
 */
export function compileTemplate(template: Json): Expression {
  if (Array.isArray(template)) {
    const items = template.map(compileTemplate);
    return (scope) => items.map((item) => item(scope));
  }
  if (!isObject(template)) return () => template;
  const fields = Object.entries(template).map(([name, value]) => compileField(name, value));
  const names = fields.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new DefinitionError(`'${twice}' stands twice, with and without '.$'`);
  return (scope) => {
    const result: JsonObject = {};
    for (const [name, value] of fields) result[name] = value(scope);
    return result;
  };
}

function compileField(name: string, value: Json): [string, Expression] {
  if (!name.endsWith('.$')) return [name, compileTemplate(value)];
  if (typeof value !== 'string')
    throw new DefinitionError(`'${name}' must be a path or an intrinsic function, got ${JSON.stringify(value)}`);
  return [name.slice(0, -2), compileExpression(value, name)];
}
