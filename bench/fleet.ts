// How the work of a schedule grows with its secrets.
import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { commandLine, program, wholeNumber } from "../stage/program.js";
import { clearStage, setStage } from "../stage/stage.js";
import { about } from "./about.js";
import type { FleetsFigures } from "./figures/data.js";
import { measureFleets, measureListing } from "./fleet/measure.js";

const USAGE = `npm run bench:fleet -- [--listed 10000] [--rotated 400] [--rounds 3] [--json]

Measures how long a schedule takes to find the one secret that is due among 1, 10, 100 and more, and to rotate a whole fleet.
  --listed    the most secrets to look through
  --rotated   the most secrets to rotate
  --rounds    how often each
  --json      one JSON document`;

const { listed, rotated, rounds, json } = readOptions();
const DATA = ".keyturn/bench-fleet";
/** Of what takes milliseconds. */
const LEAST_ROUNDS = 20;

await program(async (interrupted) => {
  await ensurePackage();
  const made = about(`npm run -s bench:fleet -- --listed ${listed} --rotated ${rotated} --rounds ${rounds} --json`);
  await clearStage(DATA);
  const stage = await setStage({ dataDir: DATA, databaseSettings: { max_connections: "200" } });
  try {
    const fleets = await measureFleets(stage, sizesTo(rotated), rounds, interrupted);
    const listing = await measureListing(sizesTo(listed), Math.max(rounds, LEAST_ROUNDS), interrupted);
    const figures: FleetsFigures = { about: made, listing, fleets };
    if (json) console.log(JSON.stringify(figures, null, 2));
    else {
      console.log("To find the one that is due");
      console.table(listing.map(row));
      console.log("To rotate them all");
      console.table(fleets.map(row));
    }
    return 0;
  } finally {
    await stage.stop();
  }
});

function row({ secrets, msPerSecret, wholeMs }: FleetsFigures["fleets"][number]) {
  return { secrets, "whole, ms": wholeMs.median, "for each, ms": msPerSecret.median };
}

/** Powers of ten, and the most. */
function sizesTo(most: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < most; size *= 10) sizes.push(size);
  return [...sizes, most];
}

function readOptions() {
  return commandLine(USAGE, () => {
    const { values } = parseArgs({
      options: {
        listed: { type: "string", default: "10000" },
        rotated: { type: "string", default: "400" },
        rounds: { type: "string", default: "3" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return {
      ...values,
      listed: wholeNumber("listed", values.listed, 1),
      rotated: wholeNumber("rotated", values.rotated, 1),
      rounds: wholeNumber("rounds", values.rounds, 1),
    };
  });
}
