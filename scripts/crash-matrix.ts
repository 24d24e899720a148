import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { removePostgres } from "../src/local/postgres/cluster.js";
import { startPostgres } from "../src/local/postgres/server.js";
import { toolsFor } from "../stage/postgres-tools.js";
import { mariadbArena } from "./crash-matrix/mariadb.js";
import { runMatrix } from "./crash-matrix/matrix.js";
import { type Arena, postgresSubjects } from "./crash-matrix/subjects.js";

const USAGE = `npm run crash-matrix -- [--all] [--cases 60] [--seed N] [--only text] [--jobs 1] [--json] [--verbose]

Kills rotations at every boundary between two side effects, in every way, and judges what is found afterwards.
  --all       every case, some 3,000 of them in more than an hour; without it, a sample
  --cases     how many are drawn
  --seed      which are drawn; printed with the figures
  --only      cases that have this in their text, e.g. "stopped before SetSecretRole"
  --jobs      how many run side by side, each with a cloud of its own to kill
  --json      one JSON document
  --verbose   a line for each case`;

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const { all, cases, seed, only, jobs, json, verbose } = readOptions();
await ensurePackage();
const folder = await mkdtemp(join(tmpdir(), "keyturn-crash-database-"));
const dataDir = join(folder, "postgres");
const postgres = await startPostgres({
  dataDir,
  superuserPassword: randomBytes(18).toString("base64url"),
  settings: { max_connections: "200", fsync: "off" },
});
const mariadb = await mariadbArena().catch((reason: Error) => {
  console.error(`SKIPPED dual password on MariaDB: ${reason.message.split("\n")[0]}`);
  return undefined;
});
let done = 0;
try {
  const caFile = postgres.caFile ?? "";
  const subjects = postgresSubjects(toolsFor({ ...postgres, caFile }));
  const arenas: Arena[] = [{ database: postgres, caFile, subjects }, ...(mariadb ? [mariadb.arena] : [])];
  const figures = await runMatrix(arenas, {
    seed,
    jobs,
    ...(all ? {} : { sample: cases }),
    ...(only ? { only } : {}),
    onCase(text, { lockout, stuck, untrue, struck }) {
      done += 1;
      const bad = [lockout ? "locked out" : "", stuck ? "stuck" : "", ...untrue].filter(Boolean).join("; ");
      if (bad) console.error(`✘ ${text}: ${bad}`);
      else if (verbose) console.error(`${struck ? "✔" : "· not reached:"} ${text}`);
      else if (done % 50 === 0) console.error(`${done} cases`);
    },
  });
  const { failures, ...sums } = figures;
  if (json) console.log(JSON.stringify(sums, null, 2));
  else console.table(sums);
  for (const failure of failures) console.error(JSON.stringify(failure));
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  await mariadb?.stop();
  await postgres.stop();
  await removePostgres(dataDir);
  await rm(folder, { recursive: true, force: true });
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        all: { type: "boolean", default: false },
        cases: { type: "string", default: "60" },
        seed: { type: "string", default: String(Math.trunc(Math.random() * 2 ** 31)) },
        only: { type: "string" },
        jobs: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const number = (name: "cases" | "seed" | "jobs") => {
      const value = Number(values[name]);
      if (Number.isInteger(value) && value >= (name === "seed" ? 0 : 1)) return value;
      throw new Error(`--${name} takes a whole number, not ${values[name]}`);
    };
    return { ...values, cases: number("cases"), seed: number("seed"), jobs: number("jobs") };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}
