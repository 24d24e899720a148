import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { commandLine, program, wholeNumber } from "../stage/program.js";
import { about } from "./about.js";
import { inEachArena } from "./arenas/all.js";
import { type BundleFigures, heaviestOnPostgres, measureBundles, measureNode } from "./bundles.js";
import type { BenchFigures, Goal } from "./figures/data.js";
import { type LoginFigures, measureLogins } from "./logins.js";
import { measureRotations, type RotationFigures, type WayFigures } from "./rotations.js";

const USAGE = `npm run bench -- [--times 100] [--loads 5] [--json]

Measures rotations beside their bare work and beside AWS's functions, logins, and what functions load.
  --times   how many rotations of each strategy and way, and logins
  --loads   how often each function is loaded
  --json    one JSON document`;

const { times, loads, json } = readOptions();

await program(async (interrupted) => {
  await ensurePackage();
  const made = about(`npm run -s bench -- --times ${times} --loads ${loads} --json`);
  const results: RotationFigures[] = [];
  const notMeasured = await inEachArena(async (arena) => {
    results.push(await measureRotations(arena, times, interrupted));
  }, interrupted);
  const logins = await measureLogins(times, interrupted);
  const bundles = await measureBundles(loads, interrupted);
  const nodeMs = await measureNode(loads, interrupted);
  const goals = goalsOf(results, logins, bundles);
  const figures: BenchFigures = { about: made, results, notMeasured, logins, goals, bundles, nodeMs };
  if (json) console.log(JSON.stringify(figures, null, 2));
  else print(figures);
  return 0;
});

function print({ results, goals, bundles }: BenchFigures): void {
  console.log(
    `${times} rotations of each strategy in three ways, in turns, warm: through the state machine, by its bare work in a\n` +
      "straight line, and by the calls and logins of AWS's rotation functions in a straight line. Medians.\n",
  );
  for (const { engine, strategy, keyturn, bare, aws, ratios, credentialGapMs: gap } of results) {
    const refused = gap ? `: the old password is refused for ${gap.median} ms at the median, ${gap.max} at most` : "";
    console.log(`${engine}, ${strategy}${refused}`);
    const { wholeToBare, wholeToAws, createToFinishToAws, setToFinishToAws } = ratios;
    console.table({
      keyturn: row(keyturn),
      "bare work": row(bare),
      "AWS's functions": "notMeasured" in aws ? { why: aws.notMeasured } : row(aws),
      "keyturn, times the bare work": { "whole, ms": wholeToBare },
      "keyturn, times AWS's": {
        "whole, ms": wholeToAws,
        "create to finish, ms": createToFinishToAws,
        "set to finish, ms": setToFinishToAws,
      },
    });
  }
  console.log("Goals");
  console.table(goals);
  console.log(`What functions load, the median of ${loads}`);
  console.table(bundles.map(({ loadMs, ...rest }) => ({ ...rest, loadMs: loadMs.median })));
}

/** Medians. */
function row(way: WayFigures) {
  return {
    calls: way.secretsManagerCalls,
    logins: way.loginsOk,
    refused: way.loginsFailed,
    "whole, ms": way.wholeMs.median,
    "create to finish, ms": way.createToFinishMs.median,
    "set to finish, ms": way.setToFinishMs.median,
  };
}

function goalsOf(
  rotations: readonly RotationFigures[],
  { ratio }: LoginFigures,
  bundles: readonly BundleFigures[],
): Goal[] {
  const goal = (what: string, measured: number, atMost: number) => ({
    what,
    measured,
    atMost,
    met: measured <= atMost,
  });
  return [
    ...rotations.flatMap(({ engine, strategy, ratios: { setToFinishToAws, wholeToAws } }) =>
      setToFinishToAws === null || wholeToAws === null
        ? []
        : [
            goal(`${engine}, ${strategy}: set to finish, times AWS's`, setToFinishToAws, 0.6),
            goal(`${engine}, ${strategy}: whole, times AWS's`, wholeToAws, 1),
          ],
    ),
    goal("a login, times the driver's own", ratio, 1.5),
    goal("the heaviest load on PostgreSQL's path, ms", heaviestOnPostgres(bundles), 100),
  ];
}

function readOptions() {
  return commandLine(USAGE, () => {
    const { values } = parseArgs({
      options: {
        times: { type: "string", default: "100" },
        loads: { type: "string", default: "5" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return {
      ...values,
      times: wholeNumber("times", values.times, 1),
      loads: wholeNumber("loads", values.loads, 1),
    };
  });
}
