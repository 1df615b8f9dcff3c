/** A share as a percentage with two decimals: `8.13 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** `0.214 s`. */
export function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}

/** A count with separators: `12,345`. */
export function requests(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}
