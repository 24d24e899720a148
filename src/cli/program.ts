import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import type { MakeCommand } from "./command.js";
import { adopt, leave } from "./commands/adopt.js";
import { completion } from "./commands/completion.js";
import { browse } from "./commands/console.js";
import { deploy } from "./commands/deploy.js";
import { doctor } from "./commands/doctor.js";
import { explain } from "./commands/explain.js";
import { history } from "./commands/history.js";
import { init } from "./commands/init.js";
import { local } from "./commands/local.js";
import { native } from "./commands/native.js";
import { pause, unpause } from "./commands/pause.js";
import { plan } from "./commands/plan.js";
import { policy } from "./commands/policy.js";
import { restore } from "./commands/restore.js";
import { resume } from "./commands/resume.js";
import { retry } from "./commands/retry.js";
import { rotate } from "./commands/rotate.js";
import { schedules } from "./commands/schedules.js";
import { settle } from "./commands/settle.js";
import { show } from "./commands/show.js";
import { status } from "./commands/status.js";
import { stop } from "./commands/stop.js";
import { store } from "./commands/store.js";
import { EXIT, type ExitCode } from "./exit.js";
import type { Host } from "./host.js";
import { styleOf } from "./style.js";

/** In the order in which help lists them. */
const COMMANDS: readonly MakeCommand[] = [
  ...[init, deploy, local, store, adopt, leave, native],
  ...[status, show, history, schedules, plan, doctor],
  ...[rotate, retry, stop, resume, restore, settle, pause, unpause],
  ...[browse, policy, explain, completion],
];

const EXAMPLES = [
  "Examples:",
  "  keyturn status                      what there is, and whether it is fine",
  "  keyturn rotate shop/orders          rotates it now, and shows how that goes",
  "  keyturn rotate shop/orders --local  the same in the cloud of keyturn local",
];

/**
 * Runs a command line, without the program's own name; gives the exit code, and does not end the process. Throws nothing: what
 * goes wrong is said on stderr, or in the JSON.
 */
export async function keyturn(argv: readonly string[], host: Host): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const isJson = argv.includes("--json");
  const program = tree(
    host,
    (told) => {
      code = told;
    },
    isJson,
  );
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // For people commander has said it, on stdout where it was asked for.
    if (error.exitCode === 0) return EXIT.done;
    if (isJson) {
      const message = error.message.replace(/^error: /, "");
      host.stdout.write(`${JSON.stringify({ error: { code: "Usage", message } }, undefined, 2)}\n`);
    }
    code = EXIT.usage;
  }
  return code;
}

/** All commands; completion and the documents' test walk through it. */
export function tree(host: Host, exit: (code: ExitCode) => void, isJson = false): Command {
  const red = styleOf(host, host.stderr).red;
  const program = new Command("keyturn")
    .description("Rotates database credentials in AWS Secrets Manager.")
    .version(VERSION)
    .showHelpAfterError("(keyturn --help shows what there is)")
    .helpCommand(false)
    .configureHelp({ sortSubcommands: false, helpWidth: host.stdout.columns ?? 80 });
  program.addHelpText("after", `\n${EXAMPLES.join("\n")}`);
  for (const make of COMMANDS) program.addCommand(make(host, exit));
  for (const one of program.commands) one.showHelpAfterError(`(keyturn ${one.name()} --help shows what it takes)`);
  for (const one of [program, ...program.commands])
    one.exitOverride().configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void (isJson || host.stderr.write(text)),
      outputError: (text, write) => write(text.replace(/^error: /, `${red("✘")} `)),
    });
  return program;
}

const { version: VERSION } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
