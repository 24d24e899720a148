import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keptPerCaFile } from "../../src/engines/authorities.js";

// That every login is verified all the same, the contract holds for every engine.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-authorities-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("keeps one for each CA file, until the file's text changes", async () => {
  const caFile = join(folder, "ca.pem");
  const other = join(folder, "other.pem");
  await writeFile(caFile, "one");
  await writeFile(other, "one");
  const kept = keptPerCaFile((ca) => ({ ca }));
  const first = await kept(caFile);
  expect(first).toEqual({ ca: [...rootCertificates, "one"] });
  expect(await kept(caFile)).toBe(first);
  expect(await kept(other)).not.toBe(first);
  expect(await kept(undefined)).toEqual({ ca: undefined });
  await writeFile(caFile, "two");
  expect(await kept(caFile)).toEqual({ ca: [...rootCertificates, "two"] });
  await writeFile(caFile, "one");
  expect(await kept(caFile)).not.toBe(first);
  await expect(kept(join(folder, "none.pem"))).rejects.toMatchObject({ code: "ENOENT" });
});
