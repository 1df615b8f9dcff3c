/** A `.service` or `.timer` unit, as far as the lab knows systemd. Times are in milliseconds. */
export interface ServiceUnit {
  readonly kind: 'service';
  readonly type: 'simple' | 'oneshot';
  readonly commands: readonly (readonly string[])[];
  readonly environment: Readonly<Record<string, string>>;
  readonly restart: 'no' | 'on-failure' | 'always';
  readonly restartMs: number;
  readonly directory: string | undefined;
  readonly user: string | undefined;
  /** Folders that are made below `run` before it starts. */
  readonly runtimeDirectories: readonly string[];
}

export interface TimerUnit {
  readonly kind: 'timer';
  readonly onBootMs: number | undefined;
  readonly onUnitActiveMs: number | undefined;
  readonly onUnitInactiveMs: number | undefined;
  /** Full name of the unit that it starts. */
  readonly unit: string;
}

/** What is read over, since the lab starts and stops processes in its own way. */
const READ_OVER = ['ExecReload', 'KillSignal', 'KillMode', 'TimeoutStopSec'];

const KNOWN: Readonly<Record<string, readonly string[] | undefined>> = {
  'service Unit': ['Description', 'After', 'Wants'],
  'service Service': [
    ...['Type', 'ExecStart', 'Environment', 'Restart', 'RestartSec', 'User', 'WorkingDirectory', 'RuntimeDirectory'],
    ...READ_OVER,
  ],
  'service Install': ['WantedBy'],
  'timer Unit': ['Description', 'After', 'Wants'],
  'timer Timer': ['OnBootSec', 'OnUnitActiveSec', 'OnUnitInactiveSec', 'AccuracySec', 'Unit'],
  'timer Install': ['WantedBy'],
};

/**
 * Reads a unit file.
 *
 * @throws Error naming the line that the lab does not know
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html
 */
export function parseUnit(name: string, text: string): ServiceUnit | TimerUnit {
  const kind = name.endsWith('.timer') ? 'timer' : 'service';
  const settings = readSettings(name, kind, text);
  const last = (key: string) => settings.get(key)?.at(-1);
  if (kind === 'timer') {
    const [onBootMs, onUnitActiveMs, onUnitInactiveMs] = ['OnBootSec', 'OnUnitActiveSec', 'OnUnitInactiveSec'].map((key) => {
      const text = last(key);
      return text === undefined ? undefined : timeSpan(text);
    });
    if (onBootMs === undefined && onUnitActiveMs === undefined) throw new Error(`${name}: a timer must have OnBootSec or OnUnitActiveSec`);
    return {
      kind,
      onBootMs,
      onUnitActiveMs,
      onUnitInactiveMs,
      unit: last('Unit') ?? name.replace(/\.timer$/, '.service'),
    };
  }
  const type = oneOf(name, 'Type', last('Type') ?? 'simple', ['simple', 'exec', 'oneshot']) === 'oneshot' ? 'oneshot' : 'simple';
  const commands = (settings.get('ExecStart') ?? []).map((command) => splitWords(name, command));
  if (commands.length === 0 || (type === 'simple' && commands.length > 1)) {
    throw new Error(`${name}: a service must have one ExecStart, several only with Type=oneshot, got ${commands.length}`);
  }
  const restart = oneOf(name, 'Restart', last('Restart') ?? 'no', ['no', 'on-failure', 'always']);
  if (type === 'oneshot' && restart !== 'no') throw new Error(`${name}: the lab does not restart a oneshot, got Restart=${restart}`);
  return {
    kind,
    type,
    commands,
    environment: Object.fromEntries(
      (settings.get('Environment') ?? []).flatMap((line) => splitWords(name, line)).map((word) => assignment(name, word)),
    ),
    restart,
    restartMs: timeSpan(last('RestartSec') ?? '100ms'),
    directory: last('WorkingDirectory'),
    user: last('User'),
    runtimeDirectories: (last('RuntimeDirectory') ?? '').split(/\s+/).filter((folder) => folder !== ''),
  };
}

function readSettings(name: string, kind: string, text: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  let section = '';
  let known: readonly string[] | undefined;
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    const setting = /^([A-Za-z]+)\s*=\s*(.*)$/.exec(line);
    if (header !== undefined) {
      section = header;
      known = KNOWN[`${kind} ${section}`];
      if (known === undefined) throw new Error(`${name}: the lab does not know the section [${section}]`);
    } else if (setting === null || known === undefined || line.endsWith('\\')) {
      throw new Error(`${name}: the lab cannot read the line '${line}'`);
    } else if (!known.includes(setting[1])) {
      throw new Error(`${name}: the lab does not know ${setting[1]}= in [${section}]; it knows ${known.join(', ')}`);
    } else {
      settings.set(setting[1], [...(settings.get(setting[1]) ?? []), setting[2]]);
    }
  }
  return settings;
}

/** Words of a command line or of `Environment=`; specifiers, variables and escapes are refused. */
function splitWords(name: string, line: string): string[] {
  if (/[%$\\]/.test(line)) throw new Error(`${name}: the lab does not expand %, $ or \\ in '${line}'`);
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  if (words.length === 0 || /^[-@:+!|]/.test(words.join(' '))) throw new Error(`${name}: the lab cannot read '${line}'`);
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

function assignment(name: string, word: string): [string, string] {
  const at = word.indexOf('=');
  if (at < 1) throw new Error(`${name}: 'Environment' must be NAME=value, got '${word}'`);
  return [word.slice(0, at), word.slice(at + 1)];
}

function oneOf<T extends string>(name: string, key: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${name}: '${key}' must be one of ${allowed.join(', ')} in the lab, got '${value}'`);
  return found;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
};

/** A time span of systemd: `90`, `5min`, `1h 30min`. */
export function timeSpan(text: string): number {
  const parts = [...text.matchAll(/(\d+)\s*([a-z]*)\s*/g)];
  if (parts.map((part) => part[0]).join('') !== text || text === '' || parts.some((part) => !(part[2] in UNIT_MS))) {
    throw new Error(`a time span must be like 90, 5min or 1h 30min, got '${text}'`);
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * UNIT_MS[part[2]], 0);
}
