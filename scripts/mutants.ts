import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commandLine, program } from "../stage/program.js";
import { installStryker } from "./mutants/install.js";
import { Unavailable } from "./proof/report.js";

const USAGE = `npm run mutants -- [FILE ...]

Changes src/rotation and src/secrets, all of them or these files, in thousands of small ways, one at a time, and runs the tests
that need no cloud. What no test finds is listed in .keyturn/mutants/report.html; docs/mutants.md says what may be left. Fails
below 85 %. Needs Stryker from npm, which is installed into .keyturn at the first run; says so and skips where it cannot be had.`;

const { files } = commandLine(USAGE, () => {
  const options = { help: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  return { help: values.help, files: positionals };
});

await program(async (interrupted) => {
  try {
    const stryker = await installStryker(join(process.cwd(), ".keyturn", "mutants"));
    const only = files.length > 0 ? ["--mutate", files.join(",")] : [];
    const args = [stryker, "run", "scripts/mutants/config.mjs", ...only];
    const child = spawn(process.execPath, args, { stdio: "inherit" });
    const [code] = await once(child, "close");
    interrupted.throwIfAborted();
    return code ?? 1;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.error(`skipped: ${error.message}`);
    return 0;
  }
});
