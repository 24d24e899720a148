import { answering, command, type MakeCommand } from "../command.js";
import type { AdoptOptions, LeaveOptions } from "../owning/adopt.js";

/** `keyturn adopt shop/orders --schedule nightly` */
export const adopt: MakeCommand = (host, exit) =>
  command("adopt <secret>", {
    summary: "take a secret over from another function",
    description:
      "Takes over a secret that another function rotates, and rotates nothing. Looks by a dry run whether a rotation would work, and changes nothing where it would not.",
    examples: [
      ["keyturn adopt shop/orders --schedule nightly", "its rotation is turned off, and the schedule counts"],
      ["keyturn adopt shop/orders --schedule nightly --native", "Secrets Manager's schedule goes on to count"],
    ],
  })
    .requiredOption("--schedule <name>", "a schedule of keyturn.yml")
    .option("--native", "Keyturn's rotation function takes the other's place")
    .action(
      answering<AdoptOptions>(host, exit, async (work, secret = "") => {
        const { adopted } = await import("../owning/adopt.js");
        return adopted(work, secret);
      }),
    );

/** `keyturn leave shop/orders` */
export const leave: MakeCommand = (host, exit) =>
  command("leave <secret>", {
    summary: "give a secret back",
    description:
      "Gives a secret back to the function that rotated it before adopt, or to another, and rotates nothing.",
    examples: [
      ["keyturn leave shop/orders", "on the schedule that Secrets Manager remembers"],
      ['keyturn leave shop/orders --every "rate(30 days)"', "on this one, in UTC"],
    ],
  })
    .option("--to <function>", "its ARN")
    .option("--every <expression>", "rate(…) or cron(…), in UTC")
    .action(
      answering<LeaveOptions>(host, exit, async (work, secret = "") => {
        const { left } = await import("../owning/adopt.js");
        return left(work, secret);
      }),
    );
