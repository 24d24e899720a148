import { Option } from "commander";
import { answering, command, type MakeCommand } from "../command.js";
import type { SettleOptions } from "../rotating/settle.js";

/** `keyturn settle shop/orders` */
export const settle: MakeCommand = (host, exit) =>
  command("settle <secret>", {
    summary: "walk through a secret that needs attention",
    description:
      "Says what was found, asks which password the database takes, does what follows, and proves it by a rotation. Reads no value.",
    examples: [
      ["keyturn settle shop/orders", "asks, step by step; off a terminal it says what there is to do"],
      ["keyturn settle shop/orders --accepts new", "where you know that it takes the new one"],
    ],
  })
    .addOption(
      new Option("--accepts <which>", "what the database takes; neither: it was given the current one").choices([
        "current",
        "new",
        "neither",
      ]),
    )
    .action(
      answering<SettleOptions>(host, exit, async (work, secretId = "") =>
        (await import("../rotating/settle.js")).settle(work, secretId),
      ),
    );
