import type { Client } from "pg";
import type { Pair } from "../engine.js";
import { parameter, split, written } from "../postgres-wire/settings.js";
import type { Roles } from "./roles.js";

/**
 * The statements that bring the clone's role settings (`ALTER ROLE … SET`, also per database) in line with the base's,
 * given and taken, and make it act as the base.
 */
export function settingChanges(client: Client, pair: Pair, { base, clone }: Roles): string[] {
  const databases = new Set([...Object.keys(base?.settings ?? {}), ...Object.keys(clone?.settings ?? {}), ""]);
  return [...databases].flatMap((database) => {
    const wanted = new Map((base?.settings[database] ?? []).map(split));
    if (database === "") wanted.set("role", pair.base);
    const found = new Map((clone?.settings[database] ?? []).map(split));
    const role = `ALTER ROLE ${client.escapeIdentifier(pair.clone)}${database ? ` IN DATABASE ${client.escapeIdentifier(database)}` : ""}`;
    return [
      ...[...wanted]
        .filter(([name, value]) => found.get(name) !== value)
        .map(([name, value]) => `${role} SET ${parameter(name)} = ${written(client, name, value)}`),
      ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `${role} RESET ${parameter(name)}`),
    ];
  });
}
