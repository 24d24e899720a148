import type { Client } from "pg";

/** Takes a stored setting, `name=value`, apart. */
export function split(setting: string): [name: string, value: string] {
  const at = setting.indexOf("=");
  return [setting.slice(0, at), setting.slice(at + 1)];
}

/** A parameter's name, `work_mem` or `my_app.tenant`, each part quoted. */
export function parameter(name: string): string {
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

/** The value as SET takes it. */
export function written(client: Client, name: string, value: string): string {
  if (!LISTS.has(name)) return client.escapeLiteral(value);
  const names = [...value.matchAll(/"((?:[^"]|"")*)"|([^\s,]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
  return names.length > 0 ? names.map((element) => client.escapeLiteral(element)).join(", ") : "''";
}
