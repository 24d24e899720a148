import { clearStage, setStage } from "../../stage/stage.js";
import { about } from "../about.js";
import type { FleetsFigures } from "../figures/data.js";
import { measureFleets, measureListing } from "./measure.js";

const DATA = ".keyturn/bench-fleet";
/** Of what takes milliseconds. */
const LEAST_ROUNDS = 20;

export interface GrowthOptions {
  /** The most secrets to look through, and to rotate. */
  readonly listed: number;
  readonly rotated: number;
  readonly rounds: number;
}

/** How the work of a schedule grows with its secrets. */
export async function measureGrowth(
  { listed, rotated, rounds }: GrowthOptions,
  interrupted: AbortSignal,
): Promise<FleetsFigures> {
  const made = about(`npm run -s bench:fleet -- --listed ${listed} --rotated ${rotated} --rounds ${rounds} --json`);
  await clearStage(DATA);
  const stage = await setStage({ dataDir: DATA, databaseSettings: { max_connections: "200" } });
  try {
    const fleets = await measureFleets(stage, sizesTo(rotated), rounds, interrupted);
    const listing = await measureListing(sizesTo(listed), Math.max(rounds, LEAST_ROUNDS), interrupted);
    return { about: made, listing, fleets };
  } finally {
    await stage.stop();
  }
}

export function printGrowth({ listing, fleets }: FleetsFigures): void {
  console.log("To find the one that is due");
  console.table(listing.map(row));
  console.log("To rotate them all");
  console.table(fleets.map(row));
}

function row({ secrets, msPerSecret, wholeMs }: FleetsFigures["fleets"][number]) {
  return { secrets, "whole, ms": wholeMs.median, "for each, ms": msPerSecret.median };
}

/** Powers of ten, and the most. */
function sizesTo(most: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < most; size *= 10) sizes.push(size);
  return [...sizes, most];
}
