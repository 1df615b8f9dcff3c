/** Phases that run commands, in their order. */
export const COMMAND_PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type CommandPhase = (typeof COMMAND_PHASES)[number];

export interface PhaseCommands {
  readonly commands: readonly string[];
  /** Run after the commands, whether they failed or not. */
  readonly finally: readonly string[];
  readonly onFailure: 'ABORT' | 'CONTINUE' | undefined;
}

/** A buildspec of version 0.2, as far as the lab runs it. */
export interface Buildspec {
  readonly variables: Readonly<Record<string, string>>;
  readonly exportedVariables: readonly string[];
  readonly phases: Readonly<Partial<Record<CommandPhase, PhaseCommands>>>;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads an inline buildspec, which must be JSON.
 *
 * @throws Error for what the lab does not run
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function readBuildspec(text: string): Buildspec {
  const spec = object('buildspec', parse(text));
  only('buildspec', spec, ['version', 'env', 'phases', 'cache']);
  if (spec.version !== '0.2') throw new Error(`buildspec: 'version' must be "0.2", got ${JSON.stringify(spec.version)}`);
  const env = object('buildspec.env', spec.env ?? {});
  only('buildspec.env', env, ['shell', 'variables', 'exported-variables']);
  if (env.shell !== 'bash') throw new Error(`buildspec.env: 'shell' must be bash in the lab, got ${JSON.stringify(env.shell)}`);
  const phases = object('buildspec.phases', spec.phases);
  only('buildspec.phases', phases, COMMAND_PHASES);
  only('buildspec.cache', object('buildspec.cache', spec.cache ?? {}), ['paths']);
  const variables = object('buildspec.env.variables', env.variables ?? {});
  return {
    variables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
    exportedVariables: lines('buildspec.env.exported-variables', env['exported-variables']),
    phases: Object.fromEntries(Object.entries(phases).map(([name, phase]) => [name, readPhase(`buildspec.phases.${name}`, phase)])),
  };
}

function readPhase(where: string, value: unknown): PhaseCommands {
  const phase = object(where, value);
  only(where, phase, ['commands', 'finally', 'on-failure', ...(where.endsWith('.install') ? ['runtime-versions'] : [])]);
  const onFailure = phase['on-failure'];
  if (onFailure !== undefined && onFailure !== 'ABORT' && onFailure !== 'CONTINUE') {
    throw new Error(`${where}: 'on-failure' must be ABORT or CONTINUE in the lab, got ${JSON.stringify(onFailure)}`);
  }
  return { commands: lines(`${where}.commands`, phase.commands), finally: lines(`${where}.finally`, phase.finally), onFailure };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`a buildspec must be inline JSON in the lab, got '${text.slice(0, 40)}': ${(error as Error).message}`);
  }
}

function object(where: string, value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${where} must be an object, got ${JSON.stringify(value)}`);
  }
  return value as Json;
}

function lines(where: string, value: unknown = []): readonly string[] {
  if (!Array.isArray(value) || value.some((line) => typeof line !== 'string')) {
    throw new Error(`${where} must be a list of strings, got ${JSON.stringify(value)}`);
  }
  return value;
}

function only(where: string, value: Json, known: readonly string[]): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${where}: the lab does not know ${unknown.join(', ')}; it knows ${known.join(', ')}`);
}
