const UNIT = 2 ** -32;

/** A reproducible source of random numbers: the generator sfc32 (Doty-Humphrey, PractRand), 32 bits a draw. */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;
  private spare = Number.NaN;

  /** Restarts at the stream that the keys name; different keys give unrelated streams. */
  seed(...keys: number[]): void {
    let hash = 0x9e3779b9;
    for (const key of keys) hash = mix(hash ^ Math.imul(key | 0, 0x85ebca6b));
    this.a = mix(hash + 1);
    this.b = mix(hash + 2);
    this.c = mix(hash + 3);
    this.counter = 1;
    this.spare = Number.NaN;
    for (let warmUp = 0; warmUp < 12; warmUp++) this.uniform();
  }

  /** Uniform, above 0 and below 1. */
  uniform(): number {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) * UNIT;
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    const { spare } = this;
    if (!Number.isNaN(spare)) {
      this.spare = Number.NaN;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      this.spare = v * scale;
      return u * scale;
    }
  }

  /** Exponential of the mean given. */
  exponential(mean: number): number {
    return -mean * Math.log(this.uniform());
  }

  /** Geometric on 1, 2, 3, ... of the mean given (at least 1). */
  geometric(mean: number): number {
    return mean <= 1 ? 1 : 1 + Math.floor(Math.log(this.uniform()) / Math.log(1 - 1 / mean));
  }
}

/** A number for a name, to seed with. */
export function keyOf(name: string): number {
  let key = 0;
  for (const character of name) key = mix(key ^ character.codePointAt(0)!);
  return key;
}

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}
