/** Milliseconds. Nine of ten are between the outer two. */
export interface Spread {
  readonly p5: number;
  readonly median: number;
  readonly p95: number;
}

export function spread(values: readonly number[], digits = 1): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(digits));
  return { p5: at(0.05), median: at(0.5), p95: at(0.95) };
}

/** Of the medians. */
export function ratio(one: Spread, other: Spread): number {
  return Math.round((one.median / other.median) * 100) / 100;
}
