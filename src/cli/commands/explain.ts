import type { Explanation } from "../../explain/explain.js";
import { answering, command, type MakeCommand } from "../command.js";
import { UsageError } from "../failure.js";
import { nearest } from "../nearest.js";
import { plain, type Style, table } from "../style.js";

/** `keyturn explain NotDue` */
export const explain: MakeCommand = (host, exit) =>
  command("explain [code]", {
    summary: "what a code means, and what to do",
    description:
      "Explains a code as it stands in a record, an event, a message or an output: a reason, an error, a check, an event, an alarm. Without one it lists all.",
    examples: [
      ["keyturn explain BackingOff", "what it means, and what to do"],
      ["keyturn explain", "all codes"],
    ],
  }).action(
    answering(host, exit, async (_, code) => {
      const { explain: explained, explanations } = await import("../../explain/explain.js");
      if (code === undefined) return { json: explanations(), text: (style) => list(explanations(), style) };
      const found = explained(code);
      if (found) return { json: found, text: (style) => one(found, style) };
      const near = nearest(
        code,
        explanations().map((known) => known.code),
      );
      const perhaps = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : " keyturn explain lists all.";
      throw new UsageError(`${plain(code)} is no code of Keyturn's.${perhaps}`);
    }),
  );

function one({ code, kind, means, todo }: Explanation, style: Style): string {
  return [`${style.bold(code)}  ${style.dim(kind)}`, `  ${means}`, `  ${style.cyan("→")} ${todo}`].join("\n");
}

function list(all: readonly Explanation[], style: Style): string {
  return table(all.map(({ code, kind, means }) => [style.bold(code), style.dim(kind), means]));
}
