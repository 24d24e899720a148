import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { engineTraits } from "../../src/engines/registry.js";

describe("the registry", () => {
  it("knows AWS's names for engines and refuses others by name", () => {
    expect(engineTraits("aurora-postgresql").name).toBe("postgres");
    expect(() => engineTraits("postgre")).toThrow(/UnknownEngine: .*postgres/);
  });

  it("fills in the defaults of traits, and leaves what an engine says", () => {
    expect(engineTraits("mysql").traits).toEqual({
      defaultPort: 3306,
      username: { max: 32, unit: "characters" },
      password: { min: 8, max: 79, forbidden: "" },
      dualPassword: true,
    });
    expect(engineTraits("redshift").traits).toEqual({
      defaultPort: 5439,
      defaultDatabase: "dev",
      username: { max: 127, unit: "bytes" },
      password: { min: 8, max: 64, forbidden: "'\"\\/@ ", required: ["lowercase", "uppercase", "numbers"] },
      dualPassword: false,
      adminEntersApplications: true,
    });
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
