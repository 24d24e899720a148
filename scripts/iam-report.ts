import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensurePackage, TEMPLATE } from "../infra/package.mjs";
import { UNSEEN_RIGHTS } from "../stage/permissions/exceptions.js";
import { RECORDING, readRecording } from "../stage/permissions/recording.js";
import { type Report, reportOn } from "../stage/permissions/report.js";
import { rolesIn } from "../stage/permissions/roles.js";
import { commandLine, program } from "../stage/program.js";

const USAGE = `npm run iam-report -- [--from folder]

Runs every test and a part of the crash matrix, with every call of every function and machine held to its role, and says
what of the roles no call needed, and which calls were refused. Both are to be empty.
  --from   a recording that is there: made by anything that runs with ${RECORDING}=folder`;

const { from } = commandLine(USAGE, () => {
  const { values } = parseArgs({ options: { from: { type: "string" }, help: { type: "boolean", default: false } } });
  return values;
});

await program(async (interrupted) => {
  await ensurePackage();
  if (from !== undefined) return tell(from);
  const folder = await mkdtemp(join(tmpdir(), "keyturn-iam-"));
  try {
    const codes = [
      await run(["node_modules/vitest/vitest.mjs", "run"], folder, interrupted),
      await run(["--import", "tsx", "scripts/crash-matrix.ts", "--cases", "20"], folder, interrupted),
    ];
    const code = tell(folder);
    if (codes.some((one) => one !== 0))
      console.error("Not everything that was run succeeded: the report may lack calls.");
    return Math.max(code, ...codes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function run(args: readonly string[], folder: string, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, [RECORDING]: folder } });
  const [code] = (await once(child, "exit")) as [number | null];
  signal.throwIfAborted();
  return code ?? 1;
}

function tell(folder: string): number {
  const roles = rolesIn(TEMPLATE);
  const recording = readRecording(folder, roles);
  if (recording.others > 0)
    console.log(`left out: ${recording.others} processes that had other roles than the package`);
  const report = reportOn(roles, recording, UNSEEN_RIGHTS);
  const lists: ReadonlyArray<[Exclude<keyof Report, "rights">, string]> = [
    ["unused", "never needed"],
    ["refused", "refused"],
    ["idle", "listed in stage/permissions/exceptions.ts, and seen or gone"],
  ];
  for (const [list, title] of lists) for (const line of [...report[list]].sort()) console.log(`${title}: ${line}`);
  const counts = lists.map(([list, title]) => `${report[list].length} ${title}`).join(", ");
  console.log(`${Object.keys(roles).length} roles with ${report.rights} rights: ${counts}`);
  return lists.some(([list]) => report[list].length > 0) ? 1 : 0;
}
