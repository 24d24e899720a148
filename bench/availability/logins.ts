import type { Moments } from "./messages.js";

/** Counts logins, and the gaps between a refused one and the next that is accepted. */
export function loginCounter(isRefusal: (error: unknown) => boolean) {
  const counted = { attempts: 0, refused: 0 };
  const gaps: Moments[] = [];
  let refusedAt: number | undefined;

  /** Runs one login. A gap is closed only by a login that began in it: an earlier one may have passed before. */
  async function login<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const beganAt = now();
    counted.attempts += 1;
    try {
      const result = await attempt();
      if (refusedAt !== undefined && beganAt >= refusedAt) {
        gaps.push({ from: refusedAt, to: now() });
        refusedAt = undefined;
      }
      return result;
    } catch (error) {
      if (isRefusal(error)) {
        counted.refused += 1;
        refusedAt ??= now();
      }
      throw error;
    }
  }
  return { login, figures: () => ({ ...counted, gaps }) };
}

/** Comparable between processes. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
