import type { StrategyName } from "../../engines/engine.js";
import { type DatabaseSecret, sameTarget } from "../../secrets/format.js";
import { checkNext, foreignPending, parsePending } from "../pending.js";
import type { RotatePlan } from "../plans.js";
import type { Reach, SecretDescription } from "../ports.js";
import { differentServer } from "../same-server.js";

/** Which version this rotation makes current, and why that one. */
export interface Judged {
  readonly versionId: string;
  readonly resumed: boolean;
  /** A version that was left, whose password may be in the database already: then it is the way in. */
  readonly leftVersionId?: string;
  /** How far Secrets Manager's own rotation is in it: `RotatePlan.native`. */
  readonly native?: NonNullable<RotatePlan["native"]>;
  readonly reason: "Started" | "Resumed" | "EmptyPending" | "StalePending" | "SupersededPending";
  readonly message: string;
}

/**
 * Looks at the AWSPENDING version that an earlier rotation may have left, Keyturn's, Secrets Manager's own or a
 * person's. On the current version it means nothing: that is how every rotation ends. Throws `ForeignPending` for one
 * that is not for this login and its server. Who wrote it cannot be known, so it is a way in at most, where the
 * database lets it in and AWSCURRENT not any more; what becomes current is always new. An empty version is Secrets
 * Manager's own, which RotateSecret alone makes: where it rotates by our function (`native`), it waits for that one.
 */
export async function judgePending(
  reach: Reach,
  { arn, versions }: SecretDescription,
  now: {
    versionId: string;
    currentVersionId: string;
    secret: DatabaseSecret;
    strategy: StrategyName;
    native?: boolean;
  },
): Promise<Judged> {
  const own = now.versionId;
  const left = Object.keys(versions).find((id) => versions[id]?.includes("AWSPENDING") && id !== now.currentVersionId);
  if (!left)
    return {
      versionId: own,
      resumed: false,
      ...(now.native ? { native: "to begin" } : {}),
      reason: "Started",
      message: STARTED,
    };

  const pending = await reach.secrets.version(arn, left);
  if (!pending && now.native)
    return { versionId: left, resumed: false, native: "begun", reason: "Started", message: STARTED };
  if (!pending) {
    return {
      versionId: own,
      resumed: false,
      reason: "EmptyPending",
      message: "AWSPENDING was left on an empty version: a new one takes its place.",
    };
  }
  const secret = parsePending(pending.text, left);
  if (differentServer(reach, secret, now.secret)) throw foreignPending(left);
  // The user in use was never given it, or AWSCURRENT would be refused, which Create looks at before it stores another.
  if (now.strategy === "alternating-users" && secret.username === now.secret.username) {
    return { versionId: own, resumed: false, reason: "SupersededPending", message: SUPERSEDED };
  }
  checkNext(reach, { ...now.secret, strategy: now.strategy, versionId: left }, now.secret.username, secret.username);
  const isStale = !sameTarget(secret, now.secret);
  return {
    versionId: own,
    resumed: true,
    leftVersionId: left,
    ...(isStale ? { reason: "StalePending", message: STALE } : { reason: "Resumed", message: RESUMED }),
  };
}

const STARTED = "Nothing was left unfinished, so a new credential is made.";

const SUPERSEDED =
  "AWSPENDING was left for the user that is in use now: it came too late, and a new version takes its place.";

const RESUMED =
  "A rotation was left unfinished, and may have changed the database: a new credential takes the place of both.";

const STALE = `${RESUMED} The secret was edited meanwhile; its fields are those of today.`;
