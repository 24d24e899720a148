import { Option } from "commander";
import { answering, command, type MakeCommand } from "../command.js";
import { type StoreOptions, storeFlags } from "../storing/flags.js";

/** `keyturn store shop/orders` */
export const store: MakeCommand = (host, exit) =>
  storeFlags(
    command("store [name]", {
      summary: "store a new secret",
      description:
        "Asks for what the options do not say, logs in with the credential, shows what will be stored, and stores it when that is confirmed. Where nobody can be asked, the password comes by --from, and --yes confirms.",
      examples: [
        ["keyturn store", "by questions"],
        [
          "keyturn store shop/orders --type postgres --host db.example.com --user orders --schedule nightly",
          "asks the rest",
        ],
        ['echo "$JSON" | keyturn store shop/orders --from - --schedule nightly --yes', "in a script"],
      ],
    }),
  )
    .addOption(new Option("--password <refused>").hideHelp())
    .action(
      answering<StoreOptions>(host, exit, async (work, name) => {
        const { store: stored } = await import("../storing/store.js");
        return stored(work, name);
      }),
    );
