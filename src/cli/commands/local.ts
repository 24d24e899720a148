import { answering, command, type MakeCommand } from "../command.js";
import { EXIT, type ExitCode } from "../exit.js";
import { runProgram } from "../running.js";

interface Options {
  readonly fresh?: true;
  readonly data?: string;
  readonly port?: string;
  readonly databasePort?: string;
}

/** `keyturn local` */
export const local: MakeCommand = (host, exit) =>
  command("local", {
    summary: "keep the embedded cloud up until Ctrl-C",
    description:
      "Keeps the embedded cloud and a PostgreSQL up until Ctrl-C, and their data for the next time: the deployment that --local of the other commands means. The same as npm run local.",
    examples: [
      ["keyturn local", "then, in another terminal: keyturn status --local"],
      ["keyturn local --fresh", "forgets what it kept first"],
    ],
  })
    .option("--fresh", "forgets the region's data first")
    .option("--data <folder>", "where the data is kept; .keyturn/local unless it is said")
    .option("--port <number>", "of the cloud's endpoint; 4566")
    .option("--database-port <number>", "of PostgreSQL; 54320")
    .action(
      answering<Options>(host, exit, async ({ options }) => {
        const { fresh, data, port, databasePort, region } = options;
        const given = [
          ...(fresh ? ["--fresh"] : []),
          ...(data ? ["--data", data] : []),
          ...(port ? ["--port", port] : []),
          ...(databasePort ? ["--database-port", databasePort] : []),
        ];
        const env = region ? { ...host.env, AWS_REGION: region } : host.env;
        const code = await runProgram({ ...host, env }, ["npm", "run", "--silent", "local", "--", ...given], {
          to: options.json ? "stderr" : "stdout",
        });
        return { json: { exit: code }, text: () => "", exit: code === 0 ? EXIT.done : (code as ExitCode) };
      }),
    );
