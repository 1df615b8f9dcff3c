/** One string parameter of a document, handed to its script as the environment variable `SSM_<name>`. */
export interface DocumentParameter {
  readonly default: string | undefined;
  readonly allowedPattern: RegExp | undefined;
  readonly allowedValues: readonly string[] | undefined;
}

/** What the lab runs of a Command document: one shell script with parameters. */
export interface DocumentContent {
  readonly stepName: string;
  readonly script: string;
  readonly timeoutSeconds: number;
  readonly parameters: ReadonlyMap<string, DocumentParameter>;
}

type Json = Readonly<Record<string, unknown>>;

/** Execution time-out of aws:runShellScript where none is given. */
const DEFAULT_TIMEOUT = 3600;
const LINUX_ONLY = JSON.stringify({ StringEquals: ['platformType', 'Linux'] });

/**
 * Reads the content of a Command document of schema 2.2.
 *
 * @throws Error for everything that the lab does not run, `{{ }}` above all: it pastes a parameter into the script as it is
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
 */
export function readDocument(name: string, content: unknown): DocumentContent {
  const document = object(name, 'Content', typeof content === 'string' ? parse(name, content) : content);
  only(name, 'Content', document, ['schemaVersion', 'description', 'parameters', 'mainSteps']);
  if (document.schemaVersion !== '2.2') throw new Error(`document ${name}: 'schemaVersion' must be 2.2, got ${document.schemaVersion}`);
  const steps = document.mainSteps;
  if (!Array.isArray(steps) || steps.length !== 1)
    throw new Error(`document ${name}: 'mainSteps' must hold one step in the lab, got ${JSON.stringify(steps)}`);
  const step = object(name, 'mainSteps[0]', steps[0]);
  only(name, 'mainSteps[0]', step, ['action', 'name', 'precondition', 'inputs']);
  if (step.action !== 'aws:runShellScript')
    throw new Error(`document ${name}: 'action' must be aws:runShellScript in the lab, got ${step.action}`);
  if (step.precondition !== undefined && JSON.stringify(step.precondition) !== LINUX_ONLY) {
    throw new Error(`document ${name}: 'precondition' must be ${LINUX_ONLY} in the lab, got ${JSON.stringify(step.precondition)}`);
  }
  const inputs = object(name, 'inputs', step.inputs);
  only(name, 'inputs', inputs, ['runCommand', 'timeoutSeconds']);
  const { runCommand } = inputs;
  if (!Array.isArray(runCommand) || runCommand.length === 0 || runCommand.some((line) => typeof line !== 'string')) {
    throw new Error(`document ${name}: 'runCommand' must be a list of lines, got ${JSON.stringify(runCommand)}`);
  }
  if (/\{\{.*?\}\}/s.test(JSON.stringify(step)))
    throw new Error(`document ${name}: the lab refuses {{ }}; use interpolationType ENV_VAR and SSM_<name>`);
  const timeoutSeconds = Number(inputs.timeoutSeconds ?? DEFAULT_TIMEOUT);
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 172_800) {
    throw new Error(`document ${name}: 'timeoutSeconds' must be a whole number from 1 to 172800, got ${inputs.timeoutSeconds}`);
  }
  const parameters = Object.entries(object(name, 'parameters', document.parameters ?? {}));
  return {
    stepName: String(step.name),
    script: runCommand.join('\n'),
    timeoutSeconds,
    parameters: new Map(
      parameters.map(([parameter, definition]) => [parameter, readParameter(`document ${name}: parameter ${parameter}`, definition)]),
    ),
  };
}

function readParameter(where: string, definition: unknown): DocumentParameter {
  const parameter = object(where, 'definition', definition);
  only(where, 'definition', parameter, ['type', 'description', 'default', 'allowedPattern', 'allowedValues', 'interpolationType']);
  if (parameter.type !== 'String') throw new Error(`${where}: 'type' must be String in the lab, got ${parameter.type}`);
  if (parameter.interpolationType !== 'ENV_VAR')
    throw new Error(`${where}: 'interpolationType' must be ENV_VAR in the lab, got ${parameter.interpolationType}`);
  return {
    default: parameter.default as string | undefined,
    allowedPattern: parameter.allowedPattern === undefined ? undefined : new RegExp(String(parameter.allowedPattern)),
    allowedValues: parameter.allowedValues as string[] | undefined,
  };
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`document ${name}: 'Content' must be JSON in the lab, got '${text.slice(0, 40)}'`);
  }
}

function object(name: string, field: string, value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${name}: '${field}' must be an object, got ${JSON.stringify(value)}`);
  return value as Json;
}

function only(name: string, field: string, value: Json, known: readonly string[]): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new Error(`${name}: the lab does not know ${unknown.join(', ')} of '${field}'; it knows ${known.join(', ')}`);
}
