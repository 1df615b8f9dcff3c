import { Refusal } from './refusal';

/** Whether the whole text matches the pattern. */
export function matches(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})$`, 's').test(text);
}

/** At most 80 printable characters of the text. */
export function printable(text: string): string {
  return Buffer.from(text, 'latin1')
    .toString('latin1')
    .replace(/[^ -~]/g, '?')
    .slice(0, 80);
}

/** The lines of a text whose every line ends with a line feed. */
export function readLines(body: Uint8Array, what: string): string[] {
  const text = Buffer.from(body).toString('latin1');
  if (text.includes('\0') || (text !== '' && !text.endsWith('\n'))) {
    throw new Refusal('data', `malformed ${what}: it must be text whose lines end with a line feed`);
  }
  return text.split('\n').slice(0, -1);
}

/** The values of a text whose line n matches pattern n, `key=...`; a pattern without `=` is a heading. */
export function readFields(body: Uint8Array, what: string, patterns: readonly string[]): Record<string, string> {
  const lines = readLines(body, what);
  if (lines.length !== patterns.length) {
    throw new Refusal('data', `malformed ${what}: it must have ${patterns.length} lines, got ${lines.length}`);
  }
  return Object.fromEntries(
    patterns.map((pattern, index) => {
      const line = lines[index];
      if (!matches(line, pattern)) {
        throw new Refusal('data', `malformed ${what}: line ${index + 1} must match '${pattern}', got '${printable(line)}'`);
      }
      return [pattern.split('=', 1)[0], line.slice(line.indexOf('=') + 1)];
    }),
  );
}
