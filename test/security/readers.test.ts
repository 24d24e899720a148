import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAllowedHost } from "../../src/rotation/rules.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";
import { type Impostor, startImpostor } from "./impostor.js";

// Whoever may tag a secret may name any server as its reader.
const keyturn = useCloud();
let impostor: Impostor;
beforeAll(async () => {
  impostor = await startImpostor();
});
afterAll(() => impostor.close());

describe("a reader that a tag names", () => {
  it.each(["rotate", "check"] as const)(
    "is asked by nobody where the deployment does not allow it (%s)",
    async (run) => {
      const readers = `localhost:${impostor.port}`;
      const secret = await keyturn.secretFor(await createLogin(), { ssl: false }, { "keyturn:readers": readers });
      const { output, cause } = await keyturn[run](secret);
      expect(impostor.visits()).toBe(0);
      if (run === "check") expect(output).toMatchObject({ ok: false, reason: "ReaderNotAllowed" });
      else expect(cause).toMatch(/^ReaderNotAllowed/);
    },
  );

  it("is asked where it does", async () => {
    await keyturn.restart({ readers: ["local*"] });
    const readers = `localhost:${impostor.port}`;
    const secret = await keyturn.secretFor(await createLogin(), { ssl: false }, { "keyturn:readers": readers });
    await keyturn.rotate(secret);
    expect(impostor.visits()).toBeGreaterThan(0);
  });
});

describe("a pattern for readers", () => {
  it.each([
    ["db.example.com", ["db.example.com"], true],
    ["DB.Example.com", ["db.example.com"], true],
    ["x.cluster-ro-abc.eu-central-1.rds.amazonaws.com", ["*.cluster-ro-abc.eu-central-1.rds.amazonaws.com"], true],
    ["a.b.cluster-ro-abc.eu-central-1.rds.amazonaws.com", ["*.cluster-ro-abc.eu-central-1.rds.amazonaws.com"], false],
    ["db.example.com.evil.org", ["db.example.com"], false],
    ["dbXexample.com", ["db.example.com"], false],
    ["evil.org", [], false],
    [".example.com", ["*.example.com"], false],
  ])("lets %j in by %j: %j", (host, patterns, allowed) => {
    expect(isAllowedHost(host, patterns)).toBe(allowed);
  });
});
