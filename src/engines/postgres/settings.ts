import type { Client } from "pg";
import type { Pair } from "../engine.js";
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

function split(setting: string): [name: string, value: string] {
  const at = setting.indexOf("=");
  return [setting.slice(0, at), setting.slice(at + 1)];
}

/** A parameter's name, `work_mem` or `my_app.tenant`, each part quoted. */
function parameter(name: string): string {
  return name
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
}

/** Lists of names are stored as the server writes them and set one by one; pg_dump knows the same five. */
const LISTS: ReadonlySet<string> = new Set([
  "search_path",
  "temp_tablespaces",
  "local_preload_libraries",
  "session_preload_libraries",
  "shared_preload_libraries",
]);

function written(client: Client, name: string, value: string): string {
  if (!LISTS.has(name)) return client.escapeLiteral(value);
  const names = [...value.matchAll(/"((?:[^"]|"")*)"|([^\s,]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
  return names.length > 0 ? names.map((element) => client.escapeLiteral(element)).join(", ") : "''";
}
