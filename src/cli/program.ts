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

/** In the order in which help lists them. */
const COMMANDS: readonly MakeCommand[] = [
  ...[init, deploy, local, store, adopt, leave, native],
  ...[status, show, history, schedules, plan, doctor],
  ...[rotate, retry, stop, resume, restore, settle, pause, unpause],
  ...[browse, policy, explain, completion],
];

/**
 * Runs a command line, without the program's own name; gives the exit code, and does not end the process. Throws nothing: what
 * goes wrong is said on stderr, or in the JSON.
 */
export async function keyturn(argv: readonly string[], host: Host): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = tree(host, (told) => {
    code = told;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said it, on stdout where it was asked for.
    if (error.exitCode !== 0) code = EXIT.usage;
  }
  return code;
}

/** All commands; completion and the documents' test walk through it. */
export function tree(host: Host, exit: (code: ExitCode) => void): Command {
  const program = new Command("keyturn")
    .description("Rotates database credentials in AWS Secrets Manager.")
    .showHelpAfterError("(keyturn --help shows what there is)")
    .helpCommand(false)
    .configureHelp({ sortSubcommands: false, helpWidth: host.stdout.columns ?? 80 });
  for (const make of COMMANDS) program.addCommand(make(host, exit));
  for (const one of [program, ...program.commands])
    one.exitOverride().configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
    });
  return program;
}
