import { RETIREMENT_SKIPS, SKIP_REASONS, WAIT_REASONS } from "../../rotation/reasons.js";
import { answering, command, type MakeCommand } from "../command.js";
import { UsageError } from "../failure.js";

const MEANINGS: Readonly<Record<string, string>> = { ...WAIT_REASONS, ...RETIREMENT_SKIPS, ...SKIP_REASONS };

/** `keyturn explain NotDue` */
export const explain: MakeCommand = (host, exit) =>
  command("explain <code>", {
    summary: "what a reason or an error code means, and what to do",
    examples: [["keyturn explain BackingOff", "as it stands in a record, an event or a message"]],
  }).action(
    answering(host, exit, async (_, code = "") => {
      const means = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
      if (!means) throw new UsageError(`${code} is no reason and no error code of Keyturn's.`);
      return { json: { code, means }, text: (style) => `${style.bold(code)}  ${means}` };
    }),
  );
