import { isElsewhere } from "../accounts.js";
import { consumersOf } from "../consumers.js";
import { object, required } from "../input.js";
import type { SecretDescription, World } from "../ports.js";
import { REFRESH_SKIPS, type RefreshSkip } from "../reasons.js";
import type { Rules } from "../rules.js";
import { type SecretSettings, settingsFrom } from "../settings.js";

/** Who is told of a rotation. Identifiers only, as everything in a state's output. */
export interface RefreshPlan {
  readonly decision: "refresh";
  readonly secretArn: string;
  readonly rotationArn: string;
  /** When the rotation had ended; ISO 8601. */
  readonly rotatedAt: string;
  /** Names. */
  readonly consumers: readonly string[];
}

export interface RefreshSkipped {
  readonly decision: "skip";
  readonly reason: RefreshSkip;
  readonly message: string;
}

/**
 * Decides who is told of a rotation; nothing is written. `input`: `{ rotation: { secretArn, executionArn } }`, as the rule
 * for rotations that succeeded writes it. Whether that took place is read from its record, and who holds the credential
 * from the secret's tags as they are now, within what the deployment allows. Throws `InvalidRequest` for any other input.
 */
export async function planRefresh(
  { secrets, ledger, rules }: Pick<World, "secrets" | "ledger" | "rules">,
  input: unknown,
): Promise<RefreshPlan | RefreshSkipped> {
  const said = object(object(input, "the input").rotation, "rotation");
  const secretArn = required(said, "secretArn");
  const rotationArn = required(said, "executionArn");
  const record = await ledger.rotation(secretArn, rotationArn);
  if (record?.outcome !== "succeeded" && record?.outcome !== "rolled forward") return skip("NotOnRecord");
  if (isElsewhere(secretArn, rules)) return skip("NobodyToTell");
  const secret = await secrets.describe(secretArn);
  const settings = understood(secret.tags, rules);
  if (!settings) return skip("NotManaged");
  if (settings === "wrong") return skip("WrongTags");
  const consumers = consumersOf(secret, settings, rules);
  if (consumers.length === 0) return skip("NobodyToTell");
  return { decision: "refresh", secretArn, rotationArn, rotatedAt: record.endedAt, consumers };
}

/** A tag that is wrong stops the secret's own rotations, and is told by them. */
function understood(tags: SecretDescription["tags"], rules: Rules): SecretSettings | "wrong" | undefined {
  try {
    return settingsFrom(tags, rules);
  } catch {
    return "wrong";
  }
}

function skip(reason: RefreshSkip): RefreshSkipped {
  return { decision: "skip", reason, message: REFRESH_SKIPS[reason] };
}
