import { rmSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { SimulatedLab } from '../../lab/simulated-lab';
import { GOOD, repositoryWith } from '../scenarios/releases';
import { ALLOWED } from './allowed';
import { line, type Permission } from './names';
import { NOT_EXERCISED, reasonFor } from './not-exercised';
import { type Run, run } from './run';
import { type Scenario, scenarios } from './scenarios';

const repository = repositoryWith({ v1: GOOD });
const runs: { readonly name: string; readonly scenario: Scenario; readonly run: Run }[] = [];
const granted = new Map<string, Permission>();

beforeAll(async () => {
  for (const [name, scenario] of Object.entries(scenarios(repository))) runs.push({ name, scenario, run: await run(scenario) });
  for (const permission of runs.flatMap((one) => one.run.granted)) granted.set(line(permission), permission);
}, 120_000);

afterAll(async () => {
  await SimulatedLab.closeShared();
  rmSync(repository, { recursive: true });
});

test('no role is denied anything', () => {
  expect(runs.flatMap((one) => one.run.denied)).toEqual([]);
});

test('roles may do what the table says, and no more', () => {
  const table: Record<string, Record<string, string[]>> = {};
  for (const { role, action, resource, conditions } of [...granted.values()].sort((a, b) => (line(a) < line(b) ? -1 : 1))) {
    const condition = conditions.length > 0 ? ` if ${conditions.join(', ')}` : '';
    table[role] ??= {};
    table[role][action] = [...(table[role][action] ?? []), resource + condition];
  }
  expect(table).toEqual(ALLOWED);
});

test('every permission is used, or there is a reason why the lab does not exercise it', () => {
  const used = new Set(runs.flatMap((one) => [...one.run.used]));
  const lines = [...granted.values()].map((permission) => ({
    line: line(permission),
    reason: reasonFor(permission.role, permission.action),
  }));
  expect({
    neither: lines.filter((one) => !used.has(one.line) && one.reason === undefined).map((one) => one.line),
    both: lines.filter((one) => used.has(one.line) && one.reason !== undefined).map((one) => one.line),
    stale: NOT_EXERCISED.flatMap(({ actions }) => actions).filter((action) => ![...granted.values()].some((one) => one.action === action)),
  }).toEqual({ neither: [], both: [], stale: [] });
});

const exercised = Object.entries(ALLOWED).flatMap(([role, actions]) =>
  Object.keys(actions)
    .filter((action) => reasonFor(role, action) === undefined)
    .map((action) => ({ role, action })),
);

test.each(exercised)('without $action, $role fails for want of it', async ({ role, action }) => {
  const key = `${role} ${action}`;
  const candidates = runs
    .filter((one) => one.run.usedInPlay.has(key))
    .sort((one, other) => one.run.usedInPlay.get(key)! - other.run.usedInPlay.get(key)!);
  expect(candidates).not.toEqual([]);
  for (const { scenario, run: usual } of candidates) {
    const { denied, ending } = await run(scenario, { role, action }, usual.took + 20 * 60_000);
    expect(denied).toContain(key);
    if (!isDeepStrictEqual(ending, usual.ending)) return;
  }
  throw new Error(`every scenario ends as usual without ${key}`);
});
