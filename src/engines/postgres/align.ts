import type { Client } from "pg";
import type { Pair } from "../engine.js";
import { parameter, split, written } from "../postgres-wire/settings.js";
import type { Paired } from "./checks.js";
import type { Role } from "./users.js";

/** Limits of a login that acting as another role does not carry over, and attributes that it should not have besides. */
export function attributeChanges(client: Client, { base, clone }: Paired): string[] {
  const to: Partial<Role> = clone ?? { connectionLimit: -1, validUntil: null, replication: false };
  return [
    ...(base.connectionLimit === to.connectionLimit ? [] : [`CONNECTION LIMIT ${base.connectionLimit}`]),
    ...(base.validUntil === to.validUntil
      ? []
      : [`VALID UNTIL ${client.escapeLiteral(base.validUntil ?? "infinity")}`]),
    ...(base.replication === to.replication ? [] : [base.replication ? "REPLICATION" : "NOREPLICATION"]),
    ...(to.attributes ?? []).map((attribute) => `NO${attribute}`),
  ];
}

/**
 * The statements that bring the clone's role settings (`ALTER ROLE … SET`, also per database) in line with the base's,
 * given and taken, and make it act as the base, or as the role that the base acts as.
 */
export function settingChanges(client: Client, pair: Pair, { base, clone }: Paired): string[] {
  const ofBase = new Map(Object.entries(base.settings));
  const ofClone = new Map(Object.entries(clone?.settings ?? {}));
  const actsAs = new Map([["", pair.base], ...Object.entries(base.actsAs)]);
  const databases = new Set([ofBase, ofClone, actsAs].flatMap((one) => [...one.keys()]));
  return [...databases].flatMap((database) => {
    const wanted = new Map((ofBase.get(database) ?? []).map(split));
    // One that the server ignores for the base would leave the clone acting as itself.
    wanted.delete("role");
    const acting = actsAs.get(database);
    if (acting !== undefined) wanted.set("role", acting);
    const found = new Map((ofClone.get(database) ?? []).map(split));
    const role = `ALTER ROLE ${client.escapeIdentifier(pair.clone)}${database ? ` IN DATABASE ${client.escapeIdentifier(database)}` : ""}`;
    return [
      ...[...wanted]
        .filter(([name, value]) => found.get(name) !== value)
        .map(([name, value]) => `${role} SET ${parameter(name)} = ${written(client, name, value)}`),
      ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `${role} RESET ${parameter(name)}`),
    ];
  });
}
