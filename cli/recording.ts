import type { Counts } from '../lambda/core/judge/counts';
import { CommandError, ExitCode } from './exit-code';

/** What was recorded of both groups, minute by minute. */
export interface Recording {
  readonly minutes: number;
  /** The counts of each metric that the file has. */
  readonly errors: Counts;
  /** Requests slower than the 95th and 99th percentile of stable's history. */
  readonly slow?: { readonly tau95: Counts; readonly tau99: Counts };
}

const REQUESTS = ['stableRequests', 'canaryRequests'] as const;
const ERRORS = ['stableBad', 'canaryBad'] as const;
const SLOW = ['stableSlow95', 'canarySlow95', 'stableSlow99', 'canarySlow99'] as const;
type Column = (typeof REQUESTS | typeof ERRORS | typeof SLOW)[number];

const MOST_MINUTES = 1440;

type Cell = string | number | null | undefined;
interface Line {
  /** As an error names it: `line 7`. */
  readonly place: string;
  readonly cells: Readonly<Record<string, Cell>>;
}

/**
 * Reads per-minute counts, oldest first: CSV with a line of column names, or a JSON array of objects with the same names.
 * `stableRequests`, `stableBad`, `canaryRequests` and `canaryBad` are needed; `stableSlow95`, `canarySlow95`, `stableSlow99` and
 * `canarySlow99` are judged too where all four are there; other columns are passed over. An empty cell or null is 0.
 *
 * @throws CommandError that names the place, the column, the value and what is allowed
 */
export function readRecording(text: string): Recording {
  const lines = /^\s*[[{]/.test(text) ? jsonLines(text) : csvLines(text);
  if (lines.length < 1 || lines.length > MOST_MINUTES) throw invalid(`FILE must have 1 to ${MOST_MINUTES} minutes, got ${lines.length}`);
  const columns = new Set(lines.flatMap(({ cells }) => Object.keys(cells)));
  requireColumns([...REQUESTS, ...ERRORS], columns);
  const hasSlow = SLOW.some((name) => columns.has(name));
  if (hasSlow) requireColumns(SLOW, columns);

  const column = (name: Column) => Float64Array.from(lines, (line) => cellOf(line, name));
  const requests = { minutes: lines.length, stableRequests: column('stableRequests'), canaryRequests: column('canaryRequests') };
  const bad = (stable: Column, canary: Column): Counts => ({
    ...requests,
    stableBad: Float64Array.from(lines, (line) => partOf(line, stable, 'stableRequests')),
    canaryBad: Float64Array.from(lines, (line) => partOf(line, canary, 'canaryRequests')),
  });
  return {
    minutes: lines.length,
    errors: bad('stableBad', 'canaryBad'),
    ...(hasSlow && { slow: { tau95: bad('stableSlow95', 'canarySlow95'), tau99: bad('stableSlow99', 'canarySlow99') } }),
  };
}

function requireColumns(names: readonly string[], columns: ReadonlySet<string>): void {
  const missing = names.filter((name) => !columns.has(name));
  if (missing.length > 0) throw invalid(`FILE must have the columns ${names.join(', ')}, got none of the name ${missing.join(', ')}`);
}

function csvLines(text: string): Line[] {
  const rows = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((row, index) => ({ place: `line ${index + 1}`, cells: row.split(',').map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const [header, ...lines] = rows;
  if (header === undefined) return [];
  return lines.map(({ place, cells }) => {
    if (cells.length !== header.cells.length)
      throw invalid(`${place} must have ${header.cells.length} cells, as the line of names has, got ${cells.length}`);
    return { place, cells: Object.fromEntries(header.cells.map((name, index) => [name, cells[index]])) };
  });
}

function jsonLines(text: string): Line[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (error) {
    throw invalid(`FILE must be CSV or JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(rows)) throw invalid('FILE must be an array of minutes where it is JSON, got an object');
  return rows.map((cells, index) => {
    if (typeof cells !== 'object' || cells === null || Array.isArray(cells))
      throw invalid(`minute ${index + 1} must be an object, got ${JSON.stringify(cells)}`);
    return { place: `minute ${index + 1}`, cells };
  });
}

function cellOf({ place, cells }: Line, name: Column): number {
  const cell = cells[name];
  if (cell === undefined || cell === null || cell === '') return 0;
  const value = typeof cell === 'number' ? cell : /^\d+(\.\d+)?(e\+?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
  if (!(value >= 0 && value <= 1e15)) throw invalid(`'${name}' of ${place} must be a number from 0 to 1e15, got '${cell}'`);
  return value;
}

function partOf(line: Line, name: Column, of: Column): number {
  const part = cellOf(line, name);
  const all = cellOf(line, of);
  if (part > all) throw invalid(`'${name}' of ${line.place} must be at most ${of}, ${all}, got ${part}`);
  return part;
}

function invalid(message: string): CommandError {
  return new CommandError(message, ExitCode.REFUSED);
}
