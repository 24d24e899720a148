import { generator } from "../random.js";

/** Takes each write at the first second from then on that has room for it. */
export interface Writes {
  /** When the write is made that is wanted at `second`. */
  at(second: number): number;
  /** In the second that has most. */
  most(): number;
}

export function writes(mostASecond: number): Writes {
  const made = new Map<number, number>();
  let most = 0;
  return {
    at(wanted) {
      let second = Math.floor(wanted);
      while ((made.get(second) ?? 0) >= mostASecond) second += 1;
      const count = (made.get(second) ?? 0) + 1;
      made.set(second, count);
      most = Math.max(most, count);
      return Math.max(wanted, second);
    },
    most: () => most,
  };
}

/** When all of `count` are done that begin at `start`, so many at once. `one`: when one ends that begins then. */
export function inSlots(start: number, count: number, atOnce: number, one: (begins: number) => number): number {
  const free = new Array<number>(Math.min(atOnce, count)).fill(start);
  let end = start;
  for (let begun = 0; begun < count; begun += 1) {
    let next = 0;
    for (let slot = 1; slot < free.length; slot += 1) if ((free[slot] as number) < (free[next] as number)) next = slot;
    const ended = one(free[next] as number);
    free[next] = ended;
    end = Math.max(end, ended);
  }
  return end;
}

/** Half as long to half as long again: what begins together does not stay together. */
export function spreading(seed: number): (seconds: number) => number {
  const random = generator(seed);
  return (seconds) => seconds * (0.5 + random());
}
