import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { removePostgres } from "../src/local/postgres/cluster.js";
import { startPostgres } from "../src/local/postgres/server.js";
import { toolsFor } from "../stage/postgres-tools.js";
import { commandLine, program, wholeNumber } from "../stage/program.js";
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

const options = readOptions();

await program(async (interrupted) => {
  await ensurePackage();
  interrupted.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), "keyturn-crash-database-"));
  const dataDir = join(folder, "postgres");
  const open: Array<() => Promise<void>> = [
    async () => {
      await removePostgres(dataDir);
      await rm(folder, { recursive: true, force: true });
    },
  ];
  try {
    const postgres = await startPostgres({
      dataDir,
      superuserPassword: randomBytes(18).toString("base64url"),
      settings: { max_connections: "200", fsync: "off" },
    });
    open.push(postgres.stop);
    interrupted.throwIfAborted();
    const mariadb = await mariadbArena().catch((reason: Error) => {
      interrupted.throwIfAborted();
      console.error(`SKIPPED dual password on MariaDB: ${reason.message.split("\n")[0]}`);
      return undefined;
    });
    if (mariadb) open.push(mariadb.stop);
    const caFile = postgres.caFile ?? "";
    const subjects = postgresSubjects(toolsFor({ ...postgres, caFile }));
    return await kill([{ database: postgres, caFile, subjects }, ...(mariadb ? [mariadb.arena] : [])], interrupted);
  } finally {
    for (const close of open.reverse()) await close();
  }
});

async function kill(arenas: readonly Arena[], interrupted: AbortSignal): Promise<number> {
  const { all, cases, seed, only, jobs, json, verbose } = options;
  let done = 0;
  const figures = await runMatrix(arenas, {
    seed,
    jobs,
    interrupted,
    ...(all ? {} : { sample: cases }),
    ...(only ? { only } : {}),
    onPoints: (subject, points) => verbose && console.error(`${points} points: ${subject}`),
    onCase(text, { lockout, stuck, untrue, struck }) {
      done += 1;
      const bad = [lockout ? "locked out" : "", stuck ? "stuck" : "", ...untrue].filter(Boolean).join("; ");
      if (bad) console.error(`✘ ${text}: ${bad}`);
      else if (verbose) console.error(`${struck ? "✔" : "· not reached:"} ${text}`);
      else if (done % 50 === 0) console.error(`${done} cases`);
    },
  });
  const { failures, ...sums } = figures;
  if (sums.cases === 0) {
    console.error(`no case has "${only}" in its text`);
    return 2;
  }
  if (json) console.log(JSON.stringify(sums, null, 2));
  else console.table(sums);
  for (const failure of failures) console.error(JSON.stringify(failure));
  return failures.length > 0 ? 1 : 0;
}

function readOptions() {
  return commandLine(USAGE, () => {
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
    return {
      ...values,
      cases: wholeNumber("cases", values.cases, 1),
      seed: wholeNumber("seed", values.seed, 0),
      jobs: wholeNumber("jobs", values.jobs, 1),
    };
  });
}
