import { listSecrets } from "../../aws/list-secrets.js";
import { KeyturnError } from "../../errors.js";
import type { Fleet } from "../../fleet/page.js";
import { fleetFrom } from "../../fleet/request.js";
import { review } from "../../fleet/review.js";
import type { Answer, Work } from "../command.js";
import { UsageError } from "../failure.js";
import type { AskOptions } from "./asked.js";
import { type Many, rotateMany } from "./many.js";
import type { RunOptions } from "./selected.js";

/** Rotates the secrets of a selection, as `rotate-fleet` takes it. */
export async function rotateSelected(
  work: Work<AskOptions & RunOptions>,
  selection: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  return rotateMany(work, await selected(work, selection));
}

async function selected(
  { deployment, host, options: { stage } }: Work<unknown>,
  selection: Readonly<Record<string, unknown>>,
): Promise<Many> {
  const now = host.clock();
  const fleet = understood(selection, now);
  const { takes, leftOut } = await review(fleet, listSecrets(await deployment.secrets()), { stage }, now);
  return { selections: [selection], names: takes.map(({ name }) => name), leftOut };
}

/** Refused here, it need not be refused in the cloud. */
function understood(selection: object, now: Date): Fleet {
  try {
    return fleetFrom({ selection }, now);
  } catch (error) {
    if (error instanceof KeyturnError) throw new UsageError(error.message.replace(/^InvalidRequest: /, ""));
    throw error;
  }
}
