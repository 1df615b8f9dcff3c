import type { Principal } from '../kernel/service';
import { texts } from './conditions';

/** How far a resource policy's principal element goes towards a caller. */
export type PrincipalMatch =
  /** Not meant. */
  | 'none'
  /** Meant as part of its account: a Deny holds; an Allow leaves it to the caller's own policies. */
  | 'account'
  | 'direct';

export type PrincipalMatcher = (caller: Principal, account: string) => PrincipalMatch;

/** @throws Error that names the place, for kinds of principals that the lab does not know */
export function loadPrincipal(element: unknown, place: string): PrincipalMatcher {
  if (element === '*') return () => 'direct';
  if (typeof element !== 'object' || element === null)
    throw new Error(`${place}: 'Principal' must be '*' or an object, got ${JSON.stringify(element)}`);
  const kinds = Object.entries(element).map(([kind, values]) => {
    if (kind !== 'AWS' && kind !== 'Service') throw new Error(`${place}: the lab does not know the kind of principal '${kind}'`);
    return { kind, values: texts(values, place) };
  });
  return (caller, account) => {
    const found = kinds.flatMap(({ kind, values }) =>
      values.map((value) => (kind === 'AWS' ? matchAws(value, caller, account) : matchService(value, caller))),
    );
    return found.includes('direct') ? 'direct' : found.includes('account') ? 'account' : 'none';
  };
}

function matchAws(value: string, caller: Principal, account: string): PrincipalMatch {
  if (value === '*') return 'direct';
  if (caller.kind === 'service') return 'none';
  if (value === account || value === `arn:aws:iam::${account}:root`) return 'account';
  return value === caller.arn ? 'direct' : 'none';
}

function matchService(value: string, caller: Principal): PrincipalMatch {
  return caller.kind === 'service' && value === caller.arn ? 'direct' : 'none';
}
