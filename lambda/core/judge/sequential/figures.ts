import { requests } from '../show';

/** A share as a percentage: two decimals, or two digits where that would hide it: `1.02 %`, `0.0031 %`. */
export function share(value: number): string {
  const percent = value * 100;
  return percent === 0 || percent >= 0.1 ? `${percent.toFixed(2)} %` : `${Number(percent.toPrecision(2))} %`;
}

/** A number of three digits at most before the separators, without more precision than it has: `412`, `3.1`, `0.0042`. */
export function amount(value: number): string {
  if (value >= 1e6) return 'more than a million';
  if (value >= 10) return requests(value);
  if (value < 1e-4) return 'less than 0.0001';
  return String(Number(value.toPrecision(2)));
}

/** `1 minute`, `7 minutes`. */
export function minutes(count: number): string {
  return `${requests(count)} ${Math.round(count) === 1 ? 'minute' : 'minutes'}`;
}
