import { answering, command, type MakeCommand } from "../command.js";

/** `keyturn plan shop/orders` */
export const plan: MakeCommand = (host, exit) =>
  command("plan <secret>", {
    summary: "what a rotation would do, without doing it",
    description:
      "Runs a rotation dry, in the cloud, with the roles and from the network of the real one. Nothing is written, and nobody is told by mail. Exits 3 where a check fails.",
    examples: [["keyturn plan shop/orders", "each check, and what to do where one fails"]],
  }).action(
    answering(host, exit, async (work, secretId = "") => (await import("../looking/plan.js")).plan(work, secretId)),
  );
