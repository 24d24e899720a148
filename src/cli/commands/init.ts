import { answering, command, type MakeCommand } from "../command.js";
import type { InitOptions } from "../starting/init.js";

/** `keyturn init` */
export const init: MakeCommand = (host, exit) =>
  command("init", {
    summary: "write a first keyturn.yml",
    description:
      "Finds databases, their network, secrets that look like theirs and the functions that rotate them today, asks the rest, and writes a keyturn.yml. Changes nothing in the account; values of secrets are read with your consent only.",
    examples: [
      ["keyturn init", "by questions"],
      ["keyturn init --yes --email ops@example.com --out first.yml", "by what it finds"],
    ],
  })
    .option("--out <file>", "instead of keyturn.yml")
    .option("--force", "replace the file")
    .option("--yes", "ask nothing; no value of a secret is read")
    .option(
      "--email <address>",
      "who is told of failures; again for each",
      (one: string, all: readonly string[] = []) => [...all, one],
    )
    .option("--vpc <id>", "of the databases, where there are several")
    .action(
      answering<InitOptions>(host, exit, async (work) => {
        const { init: written } = await import("../starting/init.js");
        return written(work);
      }),
    );
