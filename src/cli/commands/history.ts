import { secretDetails } from "../../aws/overview/details.js";
import { answering, command, type MakeCommand } from "../command.js";
import { historyOf } from "../looking/history.js";
import { look } from "../looking/look.js";
import { managed } from "../looking/managed.js";
import { happeningLines } from "../looking/timeline-lines.js";
import { lineOf } from "../rotating/again.js";
import { wholeNumber } from "../rotating/asked.js";
import { nextLines } from "../rotating/ending.js";

interface Options {
  readonly limit: number;
  readonly before?: string;
}

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
      answering<Options>(host, exit, async (work, secretId = "") => {
        const { limit, before } = work.options;
        const { reached, lights } = await look(work);
        const secret = await managed(reached, lights, secretId);
        const { tags } = await secretDetails(reached.secrets, secret.arn);
        const page = { secret, tags, limit, ...(before === undefined ? {} : { before }) };
        const { happenings, next } = await historyOf(work, reached, page);
        const older = next === undefined ? [] : [lineOf(["history", secret.name, "--before", next], work.options)];
        return {
          json: { name: secret.name, arn: secret.arn, history: happenings, ...(next === undefined ? {} : { next }) },
          text: (style) =>
            happenings.length === 0
              ? `Nothing is on record of ${secret.name}${before === undefined ? " yet" : " before that"}.`
              : [...happenings.flatMap((one) => happeningLines(one, style)), ...nextLines(older, style)].join("\n"),
        };
      }),
    );
