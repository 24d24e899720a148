import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMasterKey } from "../../../src/local/disk/master-key.js";

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "keyturn-key-"));
  file = join(dir, "sub", "master.key");
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("master key", () => {
  it("opens what was sealed, also after reopening", () => {
    const sealed = openMasterKey(file).seal("pässword ☃", "arn");
    expect(openMasterKey(file).open(sealed, "arn")).toBe("pässword ☃");
  });

  it("makes a 32-byte file of mode 600 and leaves nothing beside it", () => {
    openMasterKey(file);
    expect(statSync(file)).toMatchObject({ size: 32 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    openMasterKey(file);
    expect(readFileSync(file)).toEqual(before);
  });

  it("seals the same text differently each time", () => {
    const key = openMasterKey(file);
    expect(key.seal("same", "arn")).not.toBe(key.seal("same", "arn"));
  });

  it("refuses another context and changed data, without quoting either", () => {
    const key = openMasterKey(file);
    const sealed = key.seal("canary", "arn");
    const changed = Buffer.from(sealed, "base64");
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    expect(() => key.open(sealed, "other")).toThrow(
      "Sealed data was changed, or belongs to something else than other.",
    );
    expect(() => key.open(changed.toString("base64"), "arn")).toThrow("Sealed data was changed");
    expect(() => key.open(sealed.slice(0, 12), "arn")).toThrow("Sealed data was changed");
  });

  it("says that data is of another key", () => {
    const sealed = openMasterKey(file).seal("canary", "arn");
    const other = openMasterKey(join(dir, "other.key"));
    expect(() => other.open(sealed, "arn")).toThrow("sealed under another key");
  });

  it("refuses a file of another size or open to others", () => {
    writeFileSync(join(dir, "short"), "short", { mode: 0o600 });
    expect(() => openMasterKey(join(dir, "short"))).toThrow("has 5 bytes, not 32");
    openMasterKey(file);
    chmodSync(file, 0o640);
    expect(() => openMasterKey(file)).toThrow("chmod 600");
  });
});
