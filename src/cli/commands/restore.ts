import { answering, command, type MakeCommand } from "../command.js";
import { askOptions } from "../rotating/asked.js";
import type { RestoreOptions } from "../rotating/restore.js";

/** `keyturn restore shop/orders` */
export const restore: MakeCommand = (host, exit) => {
  const made = command("restore <secret>", {
    summary: "bring the credential before back",
    description:
      "Makes it valid in the database and current in the secret, proven by logins. Not one that was given up on purpose, by --retire-after 0 or retired.",
    examples: [["keyturn restore shop/orders --reason 'the new one breaks the importer'", "you are asked first"]],
  });
  for (const option of askOptions()) made.addOption(option);
  return made
    .option("--yes", "do not ask")
    .option("--detach", "only start it")
    .action(
      answering<RestoreOptions>(host, exit, async (work, secretId = "") =>
        (await import("../rotating/restore.js")).restore(work, secretId),
      ),
    );
};
