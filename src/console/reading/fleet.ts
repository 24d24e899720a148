import { setTimeout as sleep } from "node:timers/promises";
import type { SecretStatus } from "../../overview/secret-status.js";
import type { Fleet } from "../desk.js";

/** Of all of an account's calls the list is to be a small part: it is read again after so many times what reading it took. */
const REST = 10;
const LEAST_REST_MS = 2_000;
/** A page waits so long for what is new; then it shows what there is. */
const PATIENCE_MS = 500;

/**
 * The list of all secrets, kept in this process: ten thousand take a hundred calls, and pages are asked for every few
 * seconds. While it is read for the first time, what is there so far is shown.
 */
export function fleetReader(
  read: () => AsyncIterable<readonly SecretStatus[]>,
  clock: () => Date,
): { readonly fleet: () => Promise<Fleet>; readonly reload: () => void } {
  let known: Fleet = { secrets: [], isWhole: false, readAt: clock() };
  let reading: Promise<void> | undefined;
  let nextAt = 0;

  async function readAll(): Promise<void> {
    const begun = clock();
    const pages: Array<readonly SecretStatus[]> = [];
    try {
      for await (const page of read()) {
        pages.push(page);
        if (!known.isWhole) known = { secrets: pages.flat(), isWhole: false, readAt: begun };
      }
      known = { secrets: pages.flat(), isWhole: true, readAt: begun };
    } catch (failed) {
      known = { ...known, isWhole: true, failed };
    }
    const ended = clock().getTime();
    nextAt = ended + Math.max(LEAST_REST_MS, REST * (ended - begun.getTime()));
    reading = undefined;
  }

  return {
    async fleet() {
      if (!reading && clock().getTime() >= nextAt) reading = readAll();
      if (reading) await Promise.race([reading, sleep(PATIENCE_MS)]);
      return known;
    },
    reload() {
      nextAt = 0;
    },
  };
}
