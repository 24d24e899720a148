import { answering, command, type MakeCommand } from "../command.js";
import type { NativeOptions } from "../owning/native.js";

/** `keyturn native shop/orders on` */
export const native: MakeCommand = (host, exit) =>
  command("native <secret> [on|off]", {
    summary: "tell Secrets Manager of rotations, or not",
    description:
      "Says whether Secrets Manager knows of a secret's rotations, and whose schedule counts. Rotates nothing.",
    examples: [
      ["keyturn native shop/orders on", "Keyturn's schedule counts, and LastRotatedDate is true"],
      ['keyturn native shop/orders --every "rate(30 days)"', "Secrets Manager's own schedule counts, in UTC"],
      ["keyturn native shop/orders off", "Keyturn's schedule counts, as without all this"],
    ],
  })
    .option("--every <expression>", "rate(…) or cron(…), in UTC")
    .action(
      answering<NativeOptions>(host, exit, async (work, secret = "", how) => {
        const { switched } = await import("../owning/native.js");
        return switched(work, secret, how);
      }),
    );
