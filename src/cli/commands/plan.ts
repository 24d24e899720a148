import { dryRun } from "../../aws/overview/dry-run.js";
import { secretStore } from "../../aws/secret-store.js";
import type { NextCommand } from "../../overview/next.js";
import { answering, command, type MakeCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { live } from "../live.js";
import { checksText } from "../looking/checks-text.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";
import { plain } from "../style.js";

/** `keyturn plan shop/orders` */
export const plan: MakeCommand = (host, exit) =>
  command("plan <secret>", {
    summary: "what a rotation would do, without doing it",
    description:
      "Runs a rotation dry, in the cloud, with the roles and from the network of the real one. Nothing is written, and nobody is told by mail. Exits 3 where a check fails.",
    examples: [["keyturn plan shop/orders", "each check, and what to do where one fails"]],
  }).action(
    answering(host, exit, async (work, secretId = "") => {
      const { deployment, options, style } = work;
      const { arn, name } = await secretStore(await deployment.secrets()).describe(secretId);
      const { CheckSecretArn: machine } = await deployment.outputs();
      const shown = live(host);
      shown.print([], style.dim(`Looks at ${plain(name)} …`));
      try {
        const run = `keyturn plan ${host.clock().toISOString()}`;
        const found = await dryRun(await deployment.states(), {
          ...{ machine, secretId: arn, run },
          signal: host.interrupted,
        });
        const code = found.checks.find(({ ok }) => !ok)?.code;
        const commands: NextCommand[] = found.ok ? [["rotate", name]] : code ? [["explain", code]] : [];
        const next = commands.map((one) => lineOf(one, options));
        return {
          json: { name, ...found, next },
          text: (style) => [`${checksText(name, found, style)}`, "", ...nextLines(next, style)].join("\n"),
          exit: found.ok ? EXIT.done : EXIT.notWell,
        };
      } finally {
        shown.end();
      }
    }),
  );
