/** More than any minute of any load balancer; keeps sums and squares within what a double holds. */
const MOST = 1e15;
/** Less than any part of a request; keeps quotients within it. */
const LEAST = 1e-6;

/** A count as the arithmetic can bear it: what is missing, negative or not a number is 0. */
export function requestsAt(column: Float64Array, minute: number): number {
  const value = column[minute];
  return value >= LEAST ? Math.min(value, MOST) : 0;
}

/** Bad requests of a minute, never more than its requests. */
export function badAt(column: Float64Array, minute: number, requests: number): number {
  return Math.min(requestsAt(column, minute), requests);
}
