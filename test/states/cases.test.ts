import { type Case, INPUT } from './case';
import { choices, intrinsics, paths } from './data-cases';
import { errors, parallels, waits } from './flow-cases';
import { run } from './harness';

describe.each(Object.entries({ paths, intrinsics, choices, waits, errors, parallels }))('%s', (_group, cases) => {
  test.each(cases.map((each): [string, string, Case] => [each.cites, each.does, each]))('%s: %s', async (_cites, _does, each) => {
    const ran = await run(each.machine, each.input === undefined ? INPUT : each.input, each.options);

    if (each.error === undefined) expect(ran.outcome).toEqual({ status: 'SUCCEEDED', output: each.output });
    else expect(ran.outcome).toMatchObject({ status: each.cites === 'Timeouts' ? 'TIMED_OUT' : 'FAILED', error: each.error });
    if (each.cause) expect((ran.outcome as { cause?: string }).cause).toMatch(each.cause);
    if (each.seconds !== undefined) expect(ran.seconds).toBeCloseTo(each.seconds, 6);
  });
});
