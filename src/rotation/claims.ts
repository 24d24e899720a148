import type { StrategyName } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import type { DatabaseSecret } from "../secrets/format.js";
import type { Databases, World } from "./ports.js";
import { settingsFrom } from "./settings.js";

type KnownEngine = ReturnType<Databases["engine"]>;

/** What says which logins a secret rotates. */
export interface Claimed {
  readonly server: string;
  /** As the secret names it. */
  readonly database?: string | undefined;
  readonly username: string;
  readonly engine: Pick<KnownEngine, "loginsOf" | "traits">;
  readonly strategy: StrategyName;
}

/** The server of a secret, or its database where that has logins of its own, as claims name it: no URL. */
export function serverOf({ host, port, database }: DatabaseSecret, { name, traits }: KnownEngine): string {
  const server = `${name} ${host.toLowerCase().replace(/\.$/, "")}:${port ?? traits.defaultPort}`;
  return traits.loginsPerDatabase ? within(server, database ?? traits.defaultDatabase) : server;
}

function within(server: string, database = ""): string {
  return `${server}/${JSON.stringify(database)}`;
}

/** Of a login that a database keeps, whose owner makes logins there as he likes: no claim to the server's of that name. */
function kept(server: string, keptIn: string | undefined): string {
  return keptIn === undefined ? server : within(server, keptIn.toLowerCase());
}

/**
 * Makes sure that no second secret rotates the same login: each would break the other. Nothing is claimed yet, because a
 * secret proves nothing about a login by naming it. `claims`: what the secret has claimed before.
 */
export async function checkClaims(
  world: World,
  secretArn: string,
  { server, database, username, engine, strategy }: Claimed,
  claims: readonly string[] = [],
): Promise<void> {
  const { databasesMayKeepLogins, defaultDatabase } = engine.traits;
  const places = databasesMayKeepLogins ? [server, kept(server, database ?? defaultDatabase)] : [server];
  for (const name of engine.loginsOf(username, strategy)) {
    const logins = places.map((place) => claimOf(place, name));
    // What it has proven before says which of them it is.
    if (logins.some((login) => claims.includes(login))) continue;
    const claimants = await Promise.all(logins.map((login) => world.ledger.claimant(login)));
    if (claimants.some(({ claimedBy }) => claimedBy === secretArn)) continue;
    for (const { claimedBy } of claimants)
      if (claimedBy && (await stillManaged(world, claimedBy))) throw shared(claimedBy);
  }
}

/** What a rotation changed, as the server named it. */
export interface Proven {
  readonly server: string;
  readonly engine: Pick<KnownEngine, "loginsOf">;
  readonly logins: readonly string[];
  /** The database that keeps them, and the admin's, where the server does not. */
  readonly keptIn?: string;
  readonly admin?: { readonly secretArn: string; readonly login: string };
}

/**
 * Claims the logins that a server let in and named, for the secret that rotates them, and the admin's for the admin secret.
 * A claim of a secret that is gone or no longer managed is taken over. Gives what is claimed for the secret, or the ARN of
 * another that has claimed one of them meanwhile. Called again it changes nothing.
 */
export async function claimLogins(
  world: World,
  secretArn: string,
  { server, engine, logins, keptIn, admin }: Proven,
): Promise<{ claims: readonly string[] } | { claimedBy: string }> {
  // In one order for all, so that of two secrets with the same pair one gets both, and not each a part.
  const folded = (names: readonly string[]) =>
    names
      .flatMap((name) => engine.loginsOf(name, "single-user"))
      .map((name) => claimOf(kept(server, keptIn), name))
      .sort();
  const claims = folded(logins);
  const [{ claimedBy }] = await Promise.all([
    claim(world, secretArn, claims),
    ...(admin ? [claim(world, admin.secretArn, folded([admin.login]))] : []),
  ]);
  return claimedBy ? { claimedBy } : { claims };
}

async function claim(world: World, secretArn: string, logins: readonly string[]): Promise<{ claimedBy?: string }> {
  const { claimedBy } = await world.ledger.claim(secretArn, logins);
  if (!claimedBy || (await stillManaged(world, claimedBy))) return claimedBy ? { claimedBy } : {};
  return world.ledger.claim(secretArn, logins, claimedBy);
}

function claimOf(server: string, name: string): string {
  return `${server} ${name}`;
}

function shared(claimedBy: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "SharedLogin",
    message:
      `The secret ${claimedBy} rotates the same login on the same host, or logs in by it as an admin. One of the two must ` +
      "give it up: give it a user of its own, or take its keyturn:schedule tag off.",
  });
}

/**
 * An admin secret keeps its login, managed or not; and so does a secret that cannot be looked at now. One of an account that
 * keyturn.yml names no more is out of the deployment's hands.
 */
async function stillManaged(world: World, secretArn: string): Promise<boolean> {
  try {
    const { deletedAt, tags } = await world.secrets.describe(secretArn);
    return !deletedAt && (tags["keyturn:admin"] !== undefined || settingsFrom(tags, world.rules) !== undefined);
  } catch (error) {
    return !(error instanceof KeyturnError && ["SecretNotFound", "AccountNotListed"].includes(error.code));
  }
}
