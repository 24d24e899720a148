import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { measureBundles } from "./bundles.js";
import { type LoginFigures, measureLogins } from "./logins.js";
import { measureRotations, type RotationFigures, type WayFigures } from "./rotations.js";

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    times: { type: "string", default: "100" },
    loads: { type: "string", default: "5" },
  },
});
const times = whole("times");
const loads = whole("loads");
await ensurePackage();
const results = [await measureRotations("single-user", times), await measureRotations("alternating-users", times)];
const logins = await measureLogins(times);
const goals = goalsOf(results, logins);
const bundles = await measureBundles(loads);

if (values.json) {
  console.log(JSON.stringify({ results, logins, goals, bundles }, null, 2));
} else {
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

function whole(name: "times" | "loads"): number {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} takes a whole number from 1.`);
  return number;
}
