import { DefinitionError } from './failure';
import { isObject, type Json, type JsonObject } from './json';
import { Path } from './path';

/** Reads the fields of one object of a definition, and says which one is wrong. */
export class Fields {
  constructor(
    private readonly where: string,
    private readonly object: JsonObject,
  ) {}

  static of(where: string, value: Json | undefined): Fields {
    if (!isObject(value)) throw new DefinitionError(`${where} must be an object, got ${JSON.stringify(value)}`);
    return new Fields(where, value);
  }

  /** Throws for every field that is not listed: what the lab would have to skip. */
  only(known: readonly string[]): this {
    const unknown = Object.keys(this.object).filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new DefinitionError(`${this.where}: the lab does not support the field '${unknown[0]}'`);
    return this;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.object, name);
  }

  raw(name: string): Json | undefined {
    return this.object[name];
  }

  text(name: string): string {
    const value = this.object[name];
    return typeof value === 'string' && value !== '' ? value : this.refuse(name, 'a string');
  }

  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  list(name: string): Json[] {
    const value = this.object[name];
    return Array.isArray(value) && value.length > 0 ? value : this.refuse(name, 'a list that is not empty');
  }

  number(name: string, otherwise: number, least: number, whole = true): number {
    if (!this.has(name)) return otherwise;
    const value = this.object[name];
    if (typeof value === 'number' && value >= least && (!whole || Number.isInteger(value))) return value;
    return this.refuse(name, `a ${whole ? 'whole ' : ''}number of at least ${least}`);
  }

  /** A path; null where the field is null; `$` where it is absent. */
  path(name: string, mustBeReference = false): Path | null {
    if (this.object[name] === null) return null;
    return this.within(name, () => {
      const path = Path.parse(this.has(name) ? this.text(name) : '$');
      if (mustBeReference && (!path.isReference || path.ofContext))
        throw new DefinitionError(`must be a reference path, got '${path.text}'`);
      return path;
    });
  }

  /** Runs a parser and names the field in what it throws. */
  within<T>(name: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof DefinitionError) throw new DefinitionError(`${this.where}: '${name}': ${error.message}`);
      throw error;
    }
  }

  refuse(name: string, allowed: string): never {
    throw new DefinitionError(`${this.where}: '${name}' must be ${allowed}, got ${JSON.stringify(this.object[name])}`);
  }
}
