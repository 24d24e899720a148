import { dryRun } from "../../aws/overview/dry-run.js";
import { secretStore } from "../../aws/secret-store.js";
import type { NextCommand } from "../../overview/next.js";
import type { Answer, Work } from "../command.js";
import { EXIT } from "../exit.js";
import { live } from "../live.js";
import { lineOf } from "../rotating/again.js";
import { called } from "../rotating/elsewhere.js";
import { nextLines } from "../rotating/ending.js";
import { plain } from "../style.js";
import { checksText } from "./checks-text.js";

/** What `keyturn plan` answers. */
export async function plan(work: Work<unknown>, secretId: string): Promise<Answer> {
  const { deployment, options, style } = work;
  const secret = await secretStore(await deployment.secrets()).describe(secretId);
  const { arn, name } = await called(deployment, secretId, secret);
  const { CheckSecretArn: machine } = await deployment.outputs();
  const shown = live(work.host);
  shown.print([], style.dim(`Looks at ${plain(name)} …`));
  try {
    const run = `keyturn plan ${work.host.clock().toISOString()}`;
    const found = await dryRun(await deployment.states(), {
      ...{ machine, secretId: arn, run },
      signal: work.host.interrupted,
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
}
