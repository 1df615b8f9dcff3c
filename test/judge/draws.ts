/** Draws from the uniform distribution on [0, 1), the same for the same seed: mulberry32. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A Poisson draw by multiplication of uniforms: for means below 500. */
export function poisson(mean: number, uniform: () => number): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = uniform(); product > least; product *= uniform()) count++;
  return count;
}

/** A binomial draw, one trial at a time. */
export function binomial(trials: number, probability: number, uniform: () => number): number {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (uniform() < probability) count++;
  return count;
}
