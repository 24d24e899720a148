import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { afterAll, inject } from "vitest";
import { roleResources } from "../../infra/roles.js";
import { scheduleResources } from "../../infra/schedules.js";
import { parseSettings } from "../../infra/settings.js";
import { STAGE } from "./cloud.js";

/**
 * The packaged template as it would be with this keyturn.yml, as far as schedules and roles go; gone after the tests of the
 * file. What else settings change is taken from this checkout's.
 */
export function templateWith(yaml: string): string {
  const packaged = inject("template");
  const folder = mkdtempSync(join(tmpdir(), "keyturn-template-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, basename(packaged));
  for (const name of readdirSync(dirname(packaged)))
    if (name !== basename(file)) symlinkSync(resolve(dirname(packaged), name), join(folder, name));
  const settings = parseSettings(yaml, readFileSync("keyturn.schema.json", "utf8"));
  const template = JSON.parse(readFileSync(packaged, "utf8"));
  const Resources = { ...template.Resources, ...roleResources(settings, STAGE), ...scheduleResources(settings) };
  writeFileSync(file, JSON.stringify({ ...template, Resources }));
  return file;
}
