import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { adminItself } from "../postgres-wire/errors.js";
import { markerOf } from "./pair.js";
import { stored } from "./traits.js";
import { readUser, type User } from "./users.js";

export interface Found {
  readonly base: User | undefined;
  readonly clone: User | undefined;
  /** Whether a clone that is not there is made. */
  readonly mayMake: boolean;
}

/** Refuses what would take something over, before anything is changed. */
export async function check(client: Client, admin: string, pair: Pair, { base, clone, mayMake }: Found): Promise<void> {
  if ([pair.base, pair.clone, pair.next].some((name) => stored(name) === stored(admin))) throw adminItself(admin);
  if (pair.next !== pair.base && pair.next !== pair.clone) {
    throw refusal("ConflictError", "CloneNameTaken", `The user ${JSON.stringify(pair.next)} is neither of the pair.`);
  }
  if (!base) {
    throw refusal(
      "InvalidSecretError",
      "UnknownUser",
      `The user ${JSON.stringify(pair.base)} does not exist on the admin's cluster.`,
    );
  }
  if (base.superuser || clone?.superuser) {
    throw refusal(
      "UnsupportedError",
      "Superuser",
      "A superuser is not cloned. Tag its secret keyturn:strategy = single-user.",
    );
  }
  const original = pair.base.slice(0, -SUFFIX.length);
  if (pair.base.endsWith(SUFFIX) && (await readUser(client, original))) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is (AWS's function made it), say so: ` +
        `${howToMark(client, original, pair.base)} If not, tag the secret with another keyturn:strategy.`,
    );
  }
  if (!clone && !mayMake) {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `The clone ${JSON.stringify(pair.clone)} must be there: to go back to the base, to retire either of the two, or with ` +
        "keyturn:grants = keep.",
    );
  }
  if (clone && !(pair.clone === pair.base + SUFFIX && clone.groups.includes(markerOf(pair.base)))) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and does not say that it is a clone. If it is one (AWS's function made ` +
        `it), say so: ${howToMark(client, pair.base, pair.clone)} If not, rename one of the two.`,
    );
  }
  if (clone && !base.groups.includes(markerOf(pair.base))) {
    const [marker, user] = [markerOf(pair.base), pair.base].map((name) => client.escapeIdentifier(name));
    throw refusal(
      "ConflictError",
      "BaseNotMarked",
      `The user ${JSON.stringify(pair.clone)} is the clone of a user of this name, and nothing says that it is this one: it may ` +
        `have outlived another. If it is this one, say so: ALTER GROUP ${marker} ADD USER ${user}; If not, drop or rename ` +
        "the clone.",
    );
  }
}

function howToMark(client: Client, base: string, clone: string): string {
  return `CREATE GROUP ${client.escapeIdentifier(markerOf(base))} WITH USER ${client.escapeIdentifier(base)}, ${client.escapeIdentifier(clone)};`;
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
