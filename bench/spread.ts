/** Milliseconds. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
  return { median: at(0.5), p95: at(0.95) };
}

/** Of the medians. */
export function ratio(one: Spread, other: Spread): number {
  return Math.round((one.median / other.median) * 100) / 100;
}
