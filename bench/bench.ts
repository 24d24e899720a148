import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { commandLine, program, wholeNumber } from "../stage/program.js";
import { type BundleFigures, measureBundles } from "./bundles.js";
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
  const results: RotationFigures[] = [];
  for (const strategy of ["single-user", "alternating-users"] as const)
    results.push(await measureRotations(strategy, times, interrupted));
  const logins = await measureLogins(times, interrupted);
  const bundles = await measureBundles(loads, interrupted);
  const goals = goalsOf(results, logins);
  if (json) console.log(JSON.stringify({ results, logins, goals, bundles }, null, 2));
  else print(results, goals, bundles);
  return 0;
});

function print(results: readonly RotationFigures[], goals: readonly Goal[], bundles: readonly BundleFigures[]): void {
  console.log(
    `${times} rotations of each strategy in three ways, in turns, warm: through the state machine, by its bare work in a\n` +
      "straight line, and by the calls and logins of AWS's rotation functions in a straight line. Medians.\n",
  );
  for (const { strategy, keyturn, bare, aws, ratios, credentialGapMs: gap } of results) {
    const refused = gap ? `: the old password is refused for ${gap.median} ms at the median, ${gap.max} at most` : "";
    console.log(`${strategy}${refused}`);
    const { wholeToBare, wholeToAws, createToFinishToAws, setToFinishToAws } = ratios;
    console.table({
      keyturn: row(keyturn),
      "bare work": row(bare),
      "AWS's functions": row(aws),
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
  console.table(bundles);
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

interface Goal {
  readonly what: string;
  readonly measured: number;
  readonly atMost: number;
  readonly met: boolean;
}

function goalsOf(rotations: readonly RotationFigures[], { ratio }: LoginFigures): Goal[] {
  const goal = (what: string, measured: number, atMost: number) => ({
    what,
    measured,
    atMost,
    met: measured <= atMost,
  });
  return [
    ...rotations.flatMap(({ strategy, ratios }) => [
      goal(`${strategy}: set to finish, times AWS's`, ratios.setToFinishToAws, 0.6),
      goal(`${strategy}: whole, times AWS's`, ratios.wholeToAws, 1),
    ]),
    goal("a login, times the driver's own", ratio, 1.5),
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
