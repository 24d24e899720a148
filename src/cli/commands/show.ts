import { answering, command, type MakeCommand } from "../command.js";

/** `keyturn show shop/orders` */
export const show: MakeCommand = (host, exit) =>
  command("show <secret>", {
    summary: "one secret: state, age, what to do",
    description: "Shows what is known of a secret, by its name or ARN. Its value is not read.",
    examples: [["keyturn show shop/orders", "what is known of it, and what to do next"]],
  }).action(
    answering(host, exit, async (work, secretId = "") => (await import("../looking/show.js")).show(work, secretId)),
  );
