import { answering, command, type MakeCommand } from "../command.js";
import type { HistoryOptions } from "../looking/history.js";
import { wholeNumber } from "../rotating/asked.js";

/** `keyturn history shop/orders` */
export const history: MakeCommand = (host, exit) =>
  command("history <secret>", {
    summary: "a credential's timeline",
    description:
      "Shows what happened to a secret's credential, the newest first: each rotation with its phases and tries, retirements of old credentials, moves of AWSCURRENT by somebody else, consumers that were told.",
    examples: [
      ["keyturn history shop/orders", "the last 20"],
      ["keyturn history shop/orders --limit 100 --json", "for a program; next is where the next page begins"],
    ],
  })
    .option("--limit <count>", "so many, at most 100", wholeNumber(1, 100), 20)
    .option("--before <place>", "what comes before this: next of the page before")
    .action(
      answering<HistoryOptions>(host, exit, async (work, secretId = "") =>
        (await import("../looking/history.js")).history(work, secretId),
      ),
    );
