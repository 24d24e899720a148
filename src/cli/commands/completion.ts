import { Argument, type Command, Option } from "commander";
import { answering, command, type MakeCommand, type Work } from "../command.js";
import { completionScript, SHELLS, type Shell } from "../completion/scripts.js";
import { wordsOf } from "../completion/words.js";
import { UsageError } from "../failure.js";

interface Options {
  readonly secrets?: string;
}

/** Names that are offered. */
const MOST_NAMES = 50;

/** `keyturn completion bash` */
export const completion: MakeCommand = (host, exit) => {
  const made: Command = command("completion", {
    summary: "complete commands in bash, zsh or fish",
    description:
      "Prints a script for bash, zsh or fish. Names of secrets are asked for where they are completed, with the AWS profile and region of the environment.",
    examples: [
      ['eval "$(keyturn completion bash)"', "in ~/.bashrc"],
      ["keyturn completion fish | source", "in fish's config.fish"],
    ],
  });
  return made
    .addArgument(new Argument("[shell]", "whose").choices([...SHELLS]))
    .addOption(new Option("--secrets <beginning>", "names that begin so").hideHelp())
    .action(
      answering<Options>(host, exit, async (work, shell) => {
        const { secrets } = work.options;
        if (secrets !== undefined) {
          const names = await namesOf(work, secrets);
          return { json: names, text: () => names.join("\n") };
        }
        if (!shell) throw new UsageError(`Say for which shell: ${SHELLS.join(", ")}.`);
        const script = completionScript(shell as Shell, wordsOf(made.parent ?? made));
        return { json: { shell, script }, text: () => script };
      }),
    );
};

/** What would be no one word in a shell, or an option, is not offered. */
async function namesOf({ deployment }: Work<unknown>, beginning: string): Promise<string[]> {
  const { ListSecretsCommand } = await import("@aws-sdk/client-secrets-manager");
  const { SecretList = [] } = await (await deployment.secrets()).send(
    new ListSecretsCommand({
      Filters: [
        { Key: "tag-key", Values: ["keyturn:schedule"] },
        ...(beginning ? [{ Key: "name" as const, Values: [beginning] }] : []),
      ],
      MaxResults: MOST_NAMES,
    }),
  );
  return SecretList.flatMap(({ Name = "" }) => (/^[\w/+=.@][\w/+=.@-]*$/.test(Name) ? [Name] : []));
}
