import type { State, States } from '../../lib/deployment/state-machine/model';

/** Every JSONPath into the state's data that a state reads: `$.a.b`, without those into the context object. */
export function pathsRead(state: State): string[] {
  const { ResultPath: _, Catch: __, ...reading } = state;
  const found = JSON.stringify(reading).match(/(?<!\$)\$\.[A-Za-z][A-Za-z.]*/g) ?? [];
  return [...new Set(found)];
}

/** Where a state can lead, and what `$.x` it has written by then. */
export function edges(state: State): { next: string; writes: readonly string[] }[] {
  const choices = (state.Choices as { Next: string }[] | undefined) ?? [];
  const catchers = (state.Catch as { Next: string; ResultPath?: string }[] | undefined) ?? [];
  const own = typeof state.ResultPath === 'string' ? [state.ResultPath] : [];
  const next = [state.Next, state.Default, ...choices.map((choice) => choice.Next)].filter((name) => typeof name === 'string');
  return [
    ...next.map((name) => ({ next: name as string, writes: own })),
    ...catchers.map((catcher) => ({ next: catcher.Next, writes: catcher.ResultPath ? [catcher.ResultPath] : [] })),
  ];
}

/**
 * For each state the top-level fields that some way to it has written. A state with `ResultPath` `$` writes `initial`.
 */
export function writtenBefore(states: States, startAt: string, initial: readonly string[]): Map<string, Set<string>> {
  const written = new Map<string, Set<string>>([[startAt, new Set()]]);
  const queue = [startAt];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const before = written.get(name) as Set<string>;
    for (const { next, writes } of edges(states[name])) {
      const known = written.get(next) ?? new Set<string>();
      const after = new Set([...known, ...before, ...writes.flatMap((path) => (path === '$' ? initial : [path.slice(2)]))]);
      if (written.has(next) && after.size === known.size) continue;
      written.set(next, after);
      queue.push(next);
    }
  }
  return written;
}
