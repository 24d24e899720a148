import { Command, Option } from "commander";
import { type Deployment, deployment } from "./deployment.js";
import { EXIT, type ExitCode } from "./exit.js";
import { failureOf } from "./failure.js";
import type { CommonOptions, Host } from "./host.js";
import { type Style, styleOf } from "./style.js";

/** What a command has found or done, for a program and for a person. */
export interface Answer {
  /** Printed with `--json`; so it is a contract. */
  readonly json: unknown;
  /** Printed without it, on stdout. */
  readonly text: (style: Style) => string;
  /** Absent: done. */
  readonly exit?: ExitCode;
}

/** What a command works with. */
export interface Work<Options> {
  readonly host: Host;
  readonly options: Options & CommonOptions;
  readonly deployment: Deployment;
  /** A line on stderr about what goes on. */
  readonly progress: (line: string) => void;
  /** Of stderr. */
  readonly style: Style;
}

/** A command, ready to be parsed; `exit` is told how it ended. */
export type MakeCommand = (host: Host, exit: (code: ExitCode) => void) => Command;

export interface CommandHelp {
  /** One line. */
  readonly summary: string;
  /** What a person should know besides. */
  readonly description?: string;
  /** Command lines, and what they do. */
  readonly examples: ReadonlyArray<readonly [line: string, does: string]>;
}

/** A command with the options that all have. `name` may hold arguments, as commander writes them: `show <secret>`. */
export function command(name: string, { summary, description, examples }: CommandHelp): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const shown = examples.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`);
  return new Command()
    .command(name)
    .summary(summary)
    .description(description ?? summary)
    .addHelpText("after", `\nExamples:\n${shown.join("\n")}`)
    .addOption(new Option("--stage <name>", "the deployment's stage").default("dev").env("KEYTURN_STAGE"))
    .addOption(new Option("--region <name>", "as the aws command line knows it"))
    .addOption(new Option("--profile <name>", "as the aws command line knows it"))
    .addOption(new Option("--local", "the embedded cloud that `npm run local` keeps up"))
    .addOption(new Option("--json", "one JSON document on stdout"));
}

/**
 * Runs a command's work and prints its answer: the result to stdout, all else to stderr. What is thrown becomes one sentence
 * that says what to do, or `{"error":{"code","message"}}`, and an exit code. `exit` is told the code.
 */
export function answering<Options>(
  host: Host,
  exit: (code: ExitCode) => void,
  work: (work: Work<Options>, ...args: string[]) => Promise<Answer>,
) {
  return async function (this: Command, ...given: unknown[]): Promise<void> {
    const options = {
      local: false,
      json: false,
      ...this.opts<Options & Partial<CommonOptions> & Pick<CommonOptions, "stage">>(),
      ...typedAs(host),
    } as Options & CommonOptions;
    const args = given.slice(0, -2).flat() as string[];
    const style = styleOf(host, host.stderr);
    const progress = (line: string) => void host.stderr.write(`${line}\n`);
    const reached = deployment(host, options);
    try {
      const answer = await work({ host, options, deployment: reached, progress, style }, ...args);
      const text = options.json ? JSON.stringify(answer.json, undefined, 2) : answer.text(styleOf(host, host.stdout));
      if (text) host.stdout.write(`${text}\n`);
      exit(answer.exit ?? EXIT.done);
    } catch (thrown) {
      const { code, message, exit: failed } = failureOf(thrown, host, options);
      if (options.json) host.stdout.write(`${JSON.stringify({ error: { code, message } }, undefined, 2)}\n`);
      else host.stderr.write(`${style.red("✘")} ${message}\n`);
      exit(failed);
    } finally {
      reached.close();
    }
  };
}

/** https://docs.npmjs.com/cli/v11/using-npm/scripts#environment: `npx keyturn` is `npm exec`. */
function typedAs({ env }: Host): Pick<CommonOptions, "program"> {
  return env.npm_command === "exec" ? { program: "npx keyturn" } : {};
}
