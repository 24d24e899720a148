// A fleet that is whole, hung, broken or killed; or how the work of a schedule grows with its secrets.
import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { commandLine, program, wholeNumber } from "../stage/program.js";
import { PARTS, type Part, printProof, proveFleets } from "./fleet/prove.js";
import { measureGrowth, printGrowth } from "./growth/growth.js";

const USAGE = `npm run bench:fleet -- [--secrets 1000 [--only ${PARTS.join(",")}] [--most 1000] [--hung 20] [--concurrency 10] [--input {}]] [--json]

Rotates a fleet on one PostgreSQL, and asks of each secret what became of it.
  --secrets      how many; without it, see below
  --only         these parts: the whole fleet beside its bare work; one server that hangs; many that are broken;
                 the cloud killed in mid-run
  --most         the most secrets of the parts besides the whole
  --hung         how many more are on the server that hangs
  --concurrency  rotations at once
  --input        what the fleet is started with besides, as JSON

npm run bench:fleet -- [--listed 10000] [--rotated 400] [--rounds 3] [--json]

Measures how long a schedule takes to find the one secret that is due among 1, 10, 100 and more, and to rotate a whole fleet.
  --listed       the most secrets to look through
  --rotated      the most secrets to rotate
  --rounds       how often each

  --json         one JSON document`;

const { proof, growth, json } = readOptions();

await program(async (interrupted) => {
  await ensurePackage();
  if (proof) tell(await proveFleets(proof, interrupted), printProof);
  else tell(await measureGrowth(growth, interrupted), printGrowth);
  return 0;
});

function tell<Figures>(figures: Figures, print: (figures: Figures) => void): void {
  if (json) console.log(JSON.stringify(figures, null, 2));
  else print(figures);
}

function readOptions() {
  return commandLine(USAGE, () => {
    const { values } = parseArgs({
      options: {
        secrets: { type: "string" },
        only: { type: "string", default: PARTS.join(",") },
        most: { type: "string", default: "1000" },
        hung: { type: "string", default: "20" },
        concurrency: { type: "string", default: "10" },
        input: { type: "string", default: "{}" },
        listed: { type: "string", default: "10000" },
        rotated: { type: "string", default: "400" },
        rounds: { type: "string", default: "3" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const { secrets, only, most, hung, concurrency, input, listed, rotated, rounds, json, help } = values;
    return {
      help,
      json,
      proof:
        secrets === undefined
          ? undefined
          : {
              secrets: wholeNumber("secrets", secrets, 1),
              only: only.split(",").map(partOf),
              most: wholeNumber("most", most, 1),
              hung: wholeNumber("hung", hung, 1),
              concurrency: wholeNumber("concurrency", concurrency, 1),
              input: jsonOf(input),
            },
      growth: {
        listed: wholeNumber("listed", listed, 1),
        rotated: wholeNumber("rotated", rotated, 1),
        rounds: wholeNumber("rounds", rounds, 1),
      },
    };
  });
}

/** Throws unless it is the JSON of an object. */
function jsonOf(input: string): string {
  try {
    if (typeof JSON.parse(input) === "object") return input;
  } catch {}
  throw new Error(`--input takes the JSON of an object, not ${input}`);
}

function partOf(name: string): Part {
  const part = PARTS.find((one) => one === name);
  if (part) return part;
  throw new Error(`--only takes ${PARTS.join(", ")}, with commas between, not ${name}`);
}
