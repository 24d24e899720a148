import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../../src/local/disk/store.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "keyturn-store-"));
});
afterEach(() => rm(dir, { recursive: true }));

describe("store", () => {
  it("keeps values across reopening, each folder its own", async () => {
    const first = await openStore(dir);
    await first.folder("a").put("key", { from: "a" });
    await first.folder("b").put("key", ["from b"]);
    await first.close();

    const second = await openStore(dir);
    expect(await second.folder("a").get("key")).toEqual({ from: "a" });
    expect(await second.folder("b").get("key")).toEqual(["from b"]);
    expect(await second.folder("c").get("key")).toBeUndefined();
    await second.close();
  });

  it("lists entries in key order within a range", async () => {
    const store = await openStore(dir);
    const folder = store.folder("a");
    await folder.batch(["b", "d", "a", "c"].map((key) => ({ type: "put" as const, key, value: key.toUpperCase() })));
    await folder.del("a");
    expect(await collect(folder.entries())).toEqual([
      ["b", "B"],
      ["c", "C"],
      ["d", "D"],
    ]);
    expect(await collect(folder.entries({ gte: "c", lt: "d" }))).toEqual([["c", "C"]]);
    expect(await collect(folder.entries({ reverse: true, limit: 1 }))).toEqual([["d", "D"]]);
    await store.close();
  });

  it("tells a second process that the data is in use", async () => {
    const store = await openStore(dir);
    const script = `import { openStore } from "./src/local/disk/store.ts";
      await openStore(${JSON.stringify(dir)}).catch((error) => console.log(error.message));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--import",
      "tsx",
      "--input-type=module",
      "--eval",
      script,
    ]);
    expect(stdout).toContain(`The embedded cloud is already running on the data in ${dir}.`);
    await store.close();
  });
});

async function collect(entries: AsyncIterable<[string, unknown]>): Promise<Array<[string, unknown]>> {
  const all: Array<[string, unknown]> = [];
  for await (const entry of entries) all.push(entry);
  return all;
}
