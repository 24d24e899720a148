import type { Owner } from "../../adoption/owner.js";
import { owner } from "../../aws/owner.js";
import type { NextCommand } from "../../overview/next.js";
import type { Answer, Work } from "../command.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";
import { plain } from "../style.js";

/** The secrets' owner, with the credentials of whoever runs the command. */
export async function ownerOf({ deployment }: Work<unknown>): Promise<Owner> {
  const [secrets, states] = await Promise.all([deployment.secrets(), deployment.states()]);
  return owner(secrets, states);
}

/** What has become of a secret, in a sentence, and what to type next. */
export function done(
  { options }: Work<unknown>,
  { json, said, next }: { readonly json: object; readonly said: string; readonly next: readonly NextCommand[] },
): Answer {
  const lines = next.map((one) => lineOf(one, options));
  return {
    json: { ...json, next: lines },
    text: (style) => [`${style.green("✔")} ${plain(said)}`, ...nextLines(lines, style)].join("\n"),
  };
}
