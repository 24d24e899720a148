import { answering, command, type MakeCommand } from "../command.js";
import { UsageError } from "../failure.js";
import { type AskOptions, askOptions } from "../rotating/asked.js";
import { type RunOptions, runOptions, type SelectOptions, selectionOf, selectOptions } from "../rotating/selected.js";

/** `keyturn rotate shop/orders`, `keyturn rotate --tag team=payments` */
export const rotate: MakeCommand = (host, exit) => {
  const made = command("rotate [secret]", {
    summary: "rotate a secret, or many, and watch",
    description:
      "Rotates now, whatever the age, and shows each phase as it happens. Many are shown first, and you are asked. Ctrl-C stops to look, and nothing else.",
    examples: [
      ["keyturn rotate shop/orders", "one"],
      ["keyturn rotate shop/orders --retire-after 0 --reason leaked", "and have the old one die at once"],
      ["keyturn rotate --tag team=payments", "all with this tag"],
      ["keyturn rotate --all --tolerate 5 --yes", "all of the stage, in waves"],
    ],
  });
  for (const option of [...selectOptions(), ...askOptions(), ...runOptions()]) made.addOption(option);
  return made.action(
    answering<AskOptions & SelectOptions & RunOptions>(host, exit, async (work, secretId) => {
      const selection = selectionOf(work.options, work.options.stage);
      if (secretId !== undefined && selection) throw new UsageError("Say one secret, or which many: not both.");
      if (selection) return (await import("../rotating/select.js")).rotateSelected(work, selection);
      if (secretId === undefined)
        throw new UsageError("Say which secret, by name or ARN; or many, by --tag, --schedule, --prefix or --all.");
      return (await import("../rotating/one.js")).rotateOne(work, secretId);
    }),
  );
};
