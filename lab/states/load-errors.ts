import { DefinitionError } from './failure';
import { Fields } from './fields';
import type { Json } from './json';
import type { Catcher, Retrier } from './model';

/** @see https://states-language.net/spec.html#retrying-after-error */
export function loadRetry(fields: Fields): Retrier[] {
  const known = ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'];
  const retriers = entries(fields, 'Retry', known).map((entry): Retrier => {
    const jitter = entry.optionalText('JitterStrategy') ?? 'NONE';
    if (jitter !== 'FULL' && jitter !== 'NONE') entry.refuse('JitterStrategy', "'FULL' or 'NONE'");
    return {
      errorEquals: errorNames(entry),
      intervalSeconds: entry.number('IntervalSeconds', 1, 1),
      maxAttempts: entry.number('MaxAttempts', 3, 0),
      backoffRate: entry.number('BackoffRate', 2, 1, false),
      maxDelaySeconds: entry.number('MaxDelaySeconds', Infinity, 1),
      fullJitter: jitter === 'FULL',
    };
  });
  checkWildcard(fields, 'Retry', retriers);
  return retriers;
}

/** @see https://states-language.net/spec.html#fallback-states */
export function loadCatch(fields: Fields): Catcher[] {
  const catchers = entries(fields, 'Catch', ['ErrorEquals', 'Next', 'ResultPath', 'Comment']).map((entry): Catcher => {
    return { errorEquals: errorNames(entry), next: entry.text('Next'), resultPath: entry.path('ResultPath', true) };
  });
  checkWildcard(fields, 'Catch', catchers);
  return catchers;
}

function entries(fields: Fields, name: string, known: readonly string[]): Fields[] {
  if (!fields.has(name)) return [];
  return fields.within(name, () => fields.list(name).map((entry, index) => Fields.of(`entry ${index + 1}`, entry).only(known)));
}

function errorNames(entry: Fields): string[] {
  const names = entry.list('ErrorEquals');
  if (names.some((name: Json) => typeof name !== 'string')) entry.refuse('ErrorEquals', 'a list of error names');
  return names as string[];
}

/** `States.ALL` stands alone, and in the last entry. */
function checkWildcard(fields: Fields, name: string, all: readonly { readonly errorEquals: readonly string[] }[]): void {
  all.forEach(({ errorEquals }, index) => {
    if (!errorEquals.includes('States.ALL')) return;
    fields.within(name, () => {
      if (errorEquals.length > 1) throw new DefinitionError("'States.ALL' must stand alone in 'ErrorEquals'");
      if (index < all.length - 1) throw new DefinitionError("'States.ALL' must stand in the last entry");
    });
  });
}
