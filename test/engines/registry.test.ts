import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { engineTraits } from "../../src/engines/registry.js";

describe("the registry", () => {
  it("knows AWS's names for engines and refuses others by name", () => {
    expect(engineTraits("aurora-postgresql").name).toBe("postgres");
    expect(() => engineTraits("postgre")).toThrow(/UnknownEngine: .*postgres/);
  });

  it("alone loads when it is needed: a driver that is loaded while a server's time to answer runs takes from it", async () => {
    const folder = "src/engines";
    const files = await readdir(folder, { recursive: true });
    const sources = files.filter((file) => file.endsWith(".ts") && file !== "registry.ts");
    const later: string[] = [];
    for (const file of sources)
      if (/\bawait import\(/.test(await readFile(join(folder, file), "utf8"))) later.push(file);
    expect(later).toEqual([]);
  });
});
