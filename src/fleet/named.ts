import type { Rules } from "../rotation/rules.js";
import { itemFor } from "./list-due.js";
import { bytesOf, type Fleet, type FleetItem, type FleetPage, MOST_BYTES, MOST_ITEMS } from "./page.js";
import { REQUEST } from "./request.js";
import { inWaves, sizeOfWave, tells } from "./waves.js";

/** Whether somebody asked for these secrets by name. */
export function isNamed({ schedule, list }: Fleet): boolean {
  return schedule === REQUEST && list !== undefined;
}

/**
 * The next wave of secrets that were asked for by name: each is started, and Plan says of each what is not to be done and why. No
 * list of Secrets Manager's is asked, which lags by minutes, and would pass over what is misspelt or not managed.
 */
export function listNamed(fleet: Fleet, concurrency: number, rules: Rules): FleetPage {
  const { list = [], cursor, wave = 0 } = fleet;
  const size = inWaves(fleet) ? sizeOfWave(wave) : MOST_ITEMS;
  const items: FleetItem[] = [];
  let passed = cursor?.passed ?? 0;
  let [bytes, telling] = [0, 0];
  for (; passed < list.length && telling < size && items.length < MOST_ITEMS; passed += 1) {
    const item = itemFor(list[passed] as string, fleet, rules);
    bytes += bytesOf(item);
    if (bytes > MOST_BYTES) break;
    items.push(item);
    telling += Number(tells(item));
  }
  return { items, cursor: passed < list.length ? { passed } : null, concurrency, leftOut: {}, waiting: {} };
}
