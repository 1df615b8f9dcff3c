import { AwsError } from '../../kernel/service';
import { compare, type Item } from './attribute-value';

/** The key attributes of a table; both are strings. */
export interface KeySchema {
  readonly partition: string;
  readonly sort?: string;
}

/** One table: items by key, in the order of the sort key. */
export class Table {
  private readonly items = new Map<string, Item>();

  constructor(
    readonly name: string,
    readonly keys: KeySchema,
  ) {}

  /**
   * The item of a key.
   *
   * @throws AwsError ValidationException where the key does not have the table's key attributes
   */
  get(key: Item): Item | undefined {
    return this.items.get(this.keyText(key));
  }

  put(item: Item): void {
    this.items.set(this.keyText(item), item);
  }

  delete(key: Item): void {
    this.items.delete(this.keyText(key));
  }

  /** All items, by partition key and then by sort key. */
  all(): Item[] {
    const { partition, sort } = this.keys;
    const order = (a: Item, b: Item, name: string) => compare(a[name], b[name]) ?? 0;
    return [...this.items.values()].sort((a, b) => order(a, b, partition) || (sort === undefined ? 0 : order(a, b, sort)));
  }

  /** The key attributes of an item alone. */
  keyOf(item: Item): Item {
    return Object.fromEntries(this.keyNames().map((name) => [name, item[name]]));
  }

  private keyNames(): string[] {
    return this.keys.sort === undefined ? [this.keys.partition] : [this.keys.partition, this.keys.sort];
  }

  private keyText(item: Item): string {
    const parts = this.keyNames().map((name) => {
      const text = item[name]?.S;
      if (text === undefined || text === '') {
        throw new AwsError(
          'ValidationException',
          `The provided key element does not match the schema: '${name}' must be a string that is not empty, got ${JSON.stringify(item[name])}`,
        );
      }
      return text;
    });
    return JSON.stringify(parts);
  }
}
