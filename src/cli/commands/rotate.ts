import { answering, command, type MakeCommand } from "../command.js";
import { UsageError } from "../failure.js";
import { type AskOptions, askOptions } from "../rotating/asked.js";

interface Options extends AskOptions {
  /** Only to start it. */
  readonly detach?: boolean;
}

/** `keyturn rotate shop/orders` */
export const rotate: MakeCommand = (host, exit) => {
  const made = command("rotate [secret]", {
    summary: "rotate a secret, or many, and watch",
    description:
      "Rotates now, whatever the secret's age, and shows each phase as it happens. Ctrl-C stops to look, and nothing else.",
    examples: [
      ["keyturn rotate shop/orders", "one"],
      ["keyturn rotate shop/orders --retire-after 0 --reason leaked", "and have the old credential die at once"],
    ],
  });
  for (const option of askOptions()) made.addOption(option);
  return made.option("--detach", "only start it").action(
    answering<Options>(host, exit, async (work, secretId) => {
      if (secretId === undefined) throw new UsageError("Say which secret, by name or ARN.");
      const { rotateOne } = await import("../rotating/one.js");
      return rotateOne(work, secretId);
    }),
  );
};
