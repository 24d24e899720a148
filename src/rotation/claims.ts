import type { StrategyName } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import type { DatabaseSecret } from "../secrets/format.js";
import type { Databases, World } from "./ports.js";
import { settingsFrom } from "./settings.js";

/** What says which logins a secret rotates. */
export interface Claimed {
  readonly secret: DatabaseSecret;
  readonly engine: ReturnType<Databases["engine"]>;
  readonly strategy: StrategyName;
}

/**
 * Makes sure that no second secret rotates the same login: each would break the other. Written once, when a secret is
 * first rotated or comes to name another login; a claim of a secret that is gone or no longer managed is taken over.
 * `claims`: what the secret has claimed before.
 */
export async function claimLogins(
  world: World,
  secretArn: string,
  claimed: Claimed,
  claims: readonly string[],
): Promise<void> {
  const logins = loginsOf(claimed);
  if (logins.every((login) => claims.includes(login))) return;
  const { claimedBy } = await world.ledger.claim(secretArn, logins);
  if (!claimedBy) return;
  if (!(await stillManaged(world, claimedBy))) {
    const again = await world.ledger.claim(secretArn, logins, claimedBy);
    if (!again.claimedBy) return;
  }
  throw shared(claimedBy);
}

/** Throws where `claimLogins` would, and claims nothing. */
export async function checkClaims(world: World, secretArn: string, claimed: Claimed): Promise<void> {
  for (const login of loginsOf(claimed)) {
    const { claimedBy } = await world.ledger.claimant(login);
    if (claimedBy && claimedBy !== secretArn && (await stillManaged(world, claimedBy))) throw shared(claimedBy);
  }
}

function shared(claimedBy: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "SharedLogin",
    message:
      `The secret ${claimedBy} rotates the same login on the same host. One of the two must give it up: ` +
      "give it a user of its own, or take its keyturn:schedule tag off.",
  });
}

/** With alternating users both names of the pair: a name that ends in `_clone` may be either of the two. */
function loginsOf({ secret, engine, strategy }: Claimed): string[] {
  const server = `${engine.name}://${secret.host.toLowerCase()}:${secret.port ?? engine.traits.defaultPort}`;
  const names = [secret.username];
  if (strategy === "alternating-users") {
    names.push(/_clone$/i.test(secret.username) ? secret.username.replace(/_clone$/i, "") : `${secret.username}_clone`);
  }
  return names.map((name) => `${server}/${name}`);
}

async function stillManaged(world: World, secretArn: string): Promise<boolean> {
  try {
    const other = await world.secrets.describe(secretArn);
    return !other.deletedAt && settingsFrom(other.tags) !== undefined;
  } catch (error) {
    return !(error instanceof KeyturnError && error.code === "SecretNotFound");
  }
}
