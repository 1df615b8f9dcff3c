import { hunt, type Prey, scout } from './hunt';

type Trails = Awaited<ReturnType<typeof scout>>;

/** Defines a test for each mutant: some check fails on it, or it is one of the `equivalents`, each with the reason why nothing can differ. */
export function everyMutantIsFound(prey: readonly Prey[], equivalents: Readonly<Record<string, string>> = {}): void {
  let trails: Trails;

  beforeAll(async () => {
    trails = await scout();
  }, 300_000);

  test.each(prey)('$name', async (mutant) => {
    const found = await hunt(mutant, trails);
    if (mutant.name in equivalents) expect(found).toBeUndefined();
    else expect(found).toBeDefined();
  });

  test('every equivalent is a mutant', () => {
    expect(prey.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(equivalents)));
  });
}
