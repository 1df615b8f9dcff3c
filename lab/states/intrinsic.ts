import type { Random } from '../kernel/random';
import { DefinitionError } from './failure';
import { FUNCTIONS } from './intrinsic-functions';
import type { Json } from './json';
import { Path, type PathScope } from './path';

/** What an expression is evaluated in. */
export interface Scope extends PathScope {
  readonly random: Random;
}

/** A path or a call of an intrinsic function, ready to be evaluated. */
export type Expression = (scope: Scope) => Json;

/**
 * Compiles the value of a field whose name ends in `.$`: a path, or `States.Function(...)`.
 *
 * @param field the field's name, for messages
 * @see https://states-language.net/spec.html#intrinsic-functions
 * @throws DefinitionError where it is neither
 */
export function compileExpression(text: string, field: string): Expression {
  if (text.startsWith('$')) {
    const path = Path.parse(text);
    return (scope) => path.get(scope, 'States.ParameterPathFailure', field);
  }
  if (!text.startsWith('States.')) throw new DefinitionError(`'${field}' must be a path or an intrinsic function, got '${text}'`);
  return new Parser(text, field).whole();
}

/** One argument. A literal keeps its escapes, since `States.Format` tells `\{` from `{`. */
class Parser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly field: string,
  ) {}

  whole(): Expression {
    const expression = this.call();
    this.space();
    if (this.at < this.text.length) this.refuse();
    return expression;
  }

  private call(): Expression {
    const name = this.take(/States\.([A-Za-z0-9]+)/y)?.[1];
    if (name === undefined || !this.take(/\s*\(/y)) return this.refuse();
    const implementation = FUNCTIONS[name];
    if (!implementation) throw new DefinitionError(`the States Language has no intrinsic function States.${name}`);
    const args: Expression[] = [];
    this.space();
    while (!this.take(/\)/y)) {
      if (args.length > 0 && !this.take(/,/y)) this.refuse();
      this.space();
      args.push(this.argument(name === 'Format' && args.length === 0));
      this.space();
    }
    const [least, most] = implementation.arity;
    if (args.length < least || args.length > most) {
      throw new DefinitionError(
        `States.${name} takes ${least === most ? least : `${least} to ${most}`} arguments, got ${args.length} in '${this.text}'`,
      );
    }
    return (scope) =>
      implementation.apply(
        args.map((argument) => argument(scope)),
        scope.random,
      );
  }

  private argument(keepEscapes: boolean): Expression {
    if (this.text.startsWith('States.', this.at)) return this.call();
    const literal = this.take(/'((?:[^'\\]|\\.)*)'/y);
    if (literal) {
      const value = keepEscapes ? literal[1].replace(/\\'/g, "'") : literal[1].replace(/\\(.)/g, '$1');
      return () => value;
    }
    const constant = this.take(/(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=\s*[,)])/y);
    if (constant) {
      const value = JSON.parse(constant[0]) as Json;
      return () => value;
    }
    const path = this.take(/\$(?:\[[^\]]*\]|[^,()[\]\s])*/y);
    if (!path) return this.refuse();
    return compileExpression(path[0], this.field);
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at += match[0].length;
    return match;
  }

  private space(): void {
    this.take(/\s*/y);
  }

  private refuse(): never {
    throw new DefinitionError(`'${this.field}' is not a valid intrinsic function at '${this.text.slice(this.at)}': '${this.text}'`);
  }
}
