import { type Rotating, switchRotation } from "../../adoption/native.js";
import type { Answer, Work } from "../command.js";
import { UsageError } from "../failure.js";
import { done, ownerOf } from "./owned.js";

export interface NativeOptions {
  readonly every?: string;
}

const BY_WORD: Readonly<Record<string, Rotating>> = { on: { by: "keyturn, natively" }, off: { by: "keyturn" } };

const SAID: Readonly<Record<Rotating["by"], string>> = {
  keyturn: "Keyturn's schedule counts, and Secrets Manager's own rotation is off.",
  "keyturn, natively": "Keyturn's schedule counts, and Secrets Manager knows of each rotation.",
  "secrets manager": "Secrets Manager's schedule counts, and Keyturn does the work.",
};

/** Says whether Secrets Manager knows of the secret's rotations, and whose schedule counts; rotates nothing. */
export async function switched(work: Work<NativeOptions>, secretId: string, how: string | undefined): Promise<Answer> {
  const { every, stage } = work.options;
  if ((how === undefined) === (every === undefined)) throw new UsageError("Say one of on, off and --every.");
  const to: Rotating | undefined =
    every === undefined ? BY_WORD[how ?? ""] : { by: "secrets manager", rules: { expression: every } };
  if (!to) throw new UsageError(`Say on or off, not ${how}.`);
  await switchRotation(await ownerOf(work), { secretId, stage, to });
  return done(work, {
    json: { secret: secretId, by: to.by, every: every ?? null },
    said: `${secretId}: ${SAID[to.by]}`,
    next: [["show", secretId]],
  });
}
