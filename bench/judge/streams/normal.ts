/** Upper tail of the standard normal, P(Z > z), absolute error below 7.5e-8 (Abramowitz & Stegun 26.2.17). */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.231_641_9 * z);
  const polynomial = t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return density(z) * polynomial;
}

/** The standard normal's density. */
export function density(z: number): number {
  return 0.398_942_280_401_432_7 * Math.exp((-z * z) / 2);
}

/** The z with P(Z > z) = p, by Newton's method. */
export function upperQuantile(p: number): number {
  let z = 0;
  for (let step = 0; step < 30; step++) z += (upperTail(z) - p) / density(z);
  return z;
}
