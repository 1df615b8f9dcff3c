import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../kernel/service';
import { RESERVED_WORDS } from './reserved-words';

/** Values and names that an expression refers to with `:value` and `#name`. */
export interface Substitutions {
  readonly values?: Readonly<Record<string, AttributeValue>>;
  readonly names?: Readonly<Record<string, string>>;
}

const TOKEN = /\s*(<>|<=|>=|[=<>(),+\-.]|:[A-Za-z0-9_]+|#[A-Za-z0-9_-]+|[A-Za-z_][A-Za-z0-9_]*)/y;

/** Reads an expression token by token; every problem is DynamoDB's ValidationException. */
export class Tokens {
  private readonly tokens: string[] = [];
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly substitutions: Substitutions,
  ) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (match === null) throw this.problem(`syntax the lab does not know at '${text.slice(at)}'`);
      this.tokens.push(match[1]);
    }
  }

  peek(): string | undefined {
    return this.tokens[this.position];
  }

  /** The next token in upper case: keywords are the same in any case. */
  peekKeyword(): string | undefined {
    return this.peek()?.toUpperCase();
  }

  next(): string {
    const token = this.tokens[this.position++];
    if (token === undefined) throw this.problem('it ends too early');
    return token;
  }

  /** Takes the next token if it is this one, in any case. */
  take(token: string): boolean {
    if (this.peekKeyword() !== token.toUpperCase()) return false;
    this.position++;
    return true;
  }

  expect(token: string): void {
    const found = this.peek();
    if (!this.take(token)) throw this.problem(`expected '${token}', got '${found ?? 'its end'}'`);
  }

  end(): void {
    if (this.peek() !== undefined) throw this.problem(`nothing may follow, got '${this.peek()}'`);
  }

  /** A document path: `name`, `#name` or several joined by dots. */
  path(): string[] {
    const path = [this.name(this.next())];
    while (this.take('.')) path.push(this.name(this.next()));
    return path;
  }

  value(token: string): AttributeValue {
    const value = this.substitutions.values?.[token];
    if (value === undefined) throw this.problem(`an expression attribute value is not defined: ${token}`);
    return value;
  }

  problem(message: string): AwsError {
    return new AwsError('ValidationException', `Invalid expression: ${message}; the expression: ${this.text}`);
  }

  private name(token: string): string {
    if (token.startsWith('#')) {
      const name = this.substitutions.names?.[token];
      if (name === undefined) throw this.problem(`an expression attribute name is not defined: ${token}`);
      return name;
    }
    if (!/^[A-Za-z_]/.test(token)) throw this.problem(`expected a name, got '${token}'`);
    if (RESERVED_WORDS.has(token.toUpperCase())) throw this.problem(`attribute name is a reserved keyword: ${token}`);
    return token;
  }
}
