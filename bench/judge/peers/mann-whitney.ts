/**
 * z of the rank sum of x - shift against y, with continuity correction and the variance of ties, as Kayenta's and R's wilcox.test
 * compute it. Falls as `shift` grows. Both samples sorted in ascending order.
 */
export function rankSumZ(x: Float64Array, y: Float64Array, shift: number): number {
  const m = x.length;
  const n = y.length;
  let rank = 1;
  let i = 0;
  let j = 0;
  let sum = 0;
  let ties = 0;
  while (i < m || j < n) {
    const value = Math.min(i < m ? x[i] - shift : Number.POSITIVE_INFINITY, j < n ? y[j] : Number.POSITIVE_INFINITY);
    const fromX = i;
    const fromY = j;
    while (i < m && x[i] - shift <= value) i++;
    while (j < n && y[j] <= value) j++;
    const tied = i - fromX + j - fromY;
    sum += (i - fromX) * (rank + (tied - 1) / 2);
    ties += tied * tied * tied - tied;
    rank += tied;
  }
  const excess = sum - (m * (m + 1)) / 2 - (m * n) / 2;
  const variance = ((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1)));
  return variance > 0 ? (excess - Math.sign(excess) * 0.5) / Math.sqrt(variance) : 0;
}

/** The shift at which `rankSumZ` passes `z`: a confidence limit of the location difference x - y; the Hodges-Lehmann estimate at z = 0. */
export function shiftAt(x: Float64Array, y: Float64Array, z: number): number {
  let low = x[0] - y[y.length - 1];
  let high = x[x.length - 1] - y[0];
  if (rankSumZ(x, y, low) <= z) return low;
  if (rankSumZ(x, y, high) >= z) return high;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (rankSumZ(x, y, middle) > z) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
