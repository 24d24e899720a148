import { describe, expect, it } from "vitest";
import { checklist } from "../../../src/rotation/dry-run/checklist.js";
import {
  type CheckReport,
  checkCreate,
  checkFinish,
  checkSet,
  checkTest,
} from "../../../src/rotation/dry-run/phases.js";
import { refusal } from "../imagined/databases.js";
import { ADMIN_VERSION, admin, planned, valueFor, worldOf } from "../imagined/rotation.js";
import { CURRENT, described, type Imagined, LEFT, value } from "../imagined.js";

type Look = typeof checkCreate;

/** What a phase finds; it has written nothing, and every session is closed. */
async function looked(look: Look, there: Imagined, change: Partial<Awaited<ReturnType<typeof planned>>["plan"]> = {}) {
  const { world, plan, did, open } = await planned(there);
  const report = await look(world, { ...plan, ...change });
  expect(did.filter((what) => !/^(login|probe|rehearse) /.test(what))).toEqual([]);
  expect(open()).toBe(0);
  return { report, found: foundIn(report), messages: report.checks.map(({ message }) => message), did };
}

const foundIn = ({ checks }: CheckReport) =>
  checks.map(({ phase, check, ok, code }) => [phase, check, ok ? "well" : code].join(" "));

const moved = { currentVersionId: "another" };
const failing = (at: string, error: Error) => ({
  happens: (what: string) => {
    if (what === at) throw error;
  },
});

describe("Create, dry", () => {
  it.each([
    ["single-user", "app"],
    ["alternating-users", "app_clone"],
    ["dual-password", "app"],
  ] as const)("finds all well with %s, and says whose password comes next", async (strategy, username) => {
    const { report, found } = await looked(checkCreate, worldOf(strategy));
    expect(found).toEqual(["create SecretRead well", "create NextUser well", "create Copies well", "create Size well"]);
    expect(report.username).toBe(username);
  });

  it("ends where the secret cannot be read", async () => {
    const { report, found } = await looked(checkCreate, worldOf("single-user"), moved);
    expect(found).toEqual(["create SecretRead CurrentMoved"]);
    expect(report).not.toHaveProperty("username");
  });

  it("ends where nobody knows who is next", async () => {
    const { found } = await looked(checkCreate, worldOf("alternating-users", { logins: { app: { passwords: [] } } }));
    expect(found).toEqual(["create SecretRead well", "create NextUser CurrentRejected"]);
  });

  it("tells a copy that cannot be renewed, and a value that would be too large", async () => {
    const copy = { values: { [CURRENT]: { ...value, note: `It is ${value.password}.` } } };
    expect((await looked(checkCreate, worldOf("single-user", copy))).found.at(-1)).toBe("create Copies PasswordCopy");
    const sized = async (bytes: number) => {
      const without = JSON.stringify({ ...value, password: "x".repeat(99), note: "" }).length;
      const large = { values: { [CURRENT]: { ...value, note: "n".repeat(bytes - without) } } };
      return looked(checkCreate, worldOf("single-user", large));
    };
    expect((await sized(65_536)).found.at(-1)).toBe("create Size well");
    const { found, messages } = await sized(65_537);
    expect(found.at(-1)).toBe("create Size SecretTooLarge");
    expect(messages.at(-1)).toContain("65537 bytes");
  });

  describe("after a rotation that was left unfinished", () => {
    const left = (strategy: "single-user" | "alternating-users", fields: object) =>
      worldOf(strategy, {
        secret: described({
          tags: { ...described().tags, "keyturn:strategy": strategy },
          versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] },
        }),
        values: { [LEFT]: { ...valueFor(strategy), ...fields } },
      });

    it("looks whether it is for the user that is next", async () => {
      const { found } = await looked(checkCreate, left("single-user", { password: "p4ss-that-was-left" }));
      expect(found).toContain("create Pending well");
      const there = left("alternating-users", { username: "app_clone", password: "p4ss-that-was-left" });
      const { world, plan } = await planned(there);
      const clone = { ...valueFor("alternating-users"), username: "app_clone" };
      const secrets = {
        ...world.secrets,
        current: async () => ({ secretArn: "", secretName: "", versionId: CURRENT, text: JSON.stringify(clone) }),
      };
      const logins = { ...world.databases, login: async () => ({ ...(await session()) }) };
      const session = async () => ({
        whoAmI: async () => ({ login: "app_clone", actingAs: "app_clone", serverVersion: "1" }),
        pair: async () => ({ base: "app", clone: "app_clone", next: "app" }),
        close: async () => undefined,
      });
      const report = await checkCreate({ ...world, secrets, databases: logins } as unknown as typeof world, plan);
      expect(foundIn(report)).toContain("create Pending ForeignPending");
    });

    it("is content where it is gone since", async () => {
      const { world, plan, store } = await planned(left("single-user", { password: "p4ss-that-was-left" }));
      store(LEFT, undefined);
      expect(foundIn(await checkCreate(world, plan))).toContain("create Pending well");
    });
  });
});

describe("Set, dry", () => {
  it.each([
    ["single-user", "app may change own password."],
    ["dual-password", "app may change second password."],
  ] as const)("finds out what the user may (%s), in the database's own words", async (strategy, said) => {
    const { found, messages } = await looked(checkSet, worldOf(strategy));
    expect(found).toEqual(["set SecretRead well", "set Rights well"]);
    expect(messages.at(-1)).toBe(said);
  });

  it("finds out what the admin may with a pair, whom the server lets in", async () => {
    const { found, messages } = await looked(checkSet, worldOf("alternating-users"));
    expect(found).toEqual(["set SecretRead well", "set AdminRead well", "set AdminLogin well", "set Rights well"]);
    expect(messages.slice(2)).toEqual(['The server (16.4) lets the admin "boss" in.', "boss may change pair."]);
  });

  it.each([
    ["single-user", "boss may change password.", "rehearse password by boss"],
    ["dual-password", "boss may change second password.", "rehearse second password by boss"],
  ] as const)("finds out what the admin may where the user may not (%s)", async (strategy, said, last) => {
    const app = { passwords: [value.password], mayChangeItself: false };
    const { messages, did } = await looked(checkSet, worldOf(strategy, { masterarn: true, logins: { app } }));
    expect(messages.at(-1)).toBe(said);
    expect(did.at(-1)).toBe(last);
  });

  it("tells that the user may not, where there is no admin", async () => {
    const app = { passwords: [value.password], mayChangeItself: false };
    const { found } = await looked(checkSet, worldOf("single-user", { logins: { app } }));
    expect(found.at(-1)).toBe("set Rights PermissionDenied");
  });

  it("tells that AWSCURRENT is refused", async () => {
    const { found } = await looked(checkSet, worldOf("single-user", { logins: { app: { passwords: [] } } }));
    expect(found).toEqual(["set SecretRead well", "set Rights CurrentRejected"]);
  });

  it("does not ask the admin what the user could not be asked", async () => {
    const there = worldOf("single-user", {
      masterarn: true,
      ...failing("rehearse own password by app", refusal("ConflictError", "ReadOnly")),
    });
    const { found, did } = await looked(checkSet, there);
    expect(found.at(-1)).toBe("set Rights ReadOnly");
    expect(did.filter((what) => what === "login boss")).toHaveLength(1);
  });

  it("says where an engine cannot tell", async () => {
    const { world, plan } = await planned(worldOf("single-user"));
    const { login } = world.databases;
    world.databases.login = async (...args) => {
      const { rehearse: _, ...session } = await login(...args);
      return session;
    };
    expect((await checkSet(world, plan)).checks.at(-1)).toMatchObject({
      ok: true,
      message: expect.stringMatching(/^Not checked: /),
    });
  });

  it.each<[string, Imagined, string[]]>([
    [
      "cannot be read",
      { values: { [ADMIN_VERSION]: { ...admin, host: "elsewhere" } } },
      ["set SecretRead well", "set AdminRead AdminMismatch"],
    ],
    [
      "is not let in",
      { logins: { boss: { passwords: [] } } },
      ["set SecretRead well", "set AdminRead well", "set AdminLogin LoginRefused"],
    ],
  ])("ends where the admin %s", async (_, more, expected) => {
    expect((await looked(checkSet, worldOf("alternating-users", more))).found).toEqual(expected);
  });

  it("ends where the secret cannot be read", async () => {
    expect((await looked(checkSet, worldOf("single-user"), moved)).found).toEqual(["set SecretRead CurrentMoved"]);
  });
});

describe("Test, dry", () => {
  const tags = { "keyturn:probe": "select 1", "keyturn:readers": "replica" };
  const rules = { readers: ["replica"] };

  it("logs in with AWSCURRENT, and says by which server it was let in", async () => {
    const { found, messages, did } = await looked(checkTest, worldOf("single-user"));
    expect(found).toEqual(["test SecretRead well", "test Login well"]);
    expect(messages.at(-1)).toBe(
      "The server (16.4) is reached, its certificate is trusted, and it lets AWSCURRENT in.",
    );
    expect(did).toEqual(["login app"]);
    const { messages: without } = await looked(
      checkTest,
      worldOf("single-user", { values: { [CURRENT]: { ...value, ssl: false } } }),
    );
    expect(without.at(-1)).toContain("without TLS, as the secret says");
  });

  it("runs the secret's own probes and logs in at its readers", async () => {
    const { found, did } = await looked(checkTest, worldOf("single-user", { tags, rules }));
    expect(found).toEqual(["test SecretRead well", "test Login well", "test Probes well", "test Readers well"]);
    expect(did).toEqual(["login app", "login app", "probe select 1 by app", "login app at replica"]);
  });

  it("tells which of them fails", async () => {
    const probe = failing("probe select 1 by app", refusal("InvalidSecretError", "ProbeRefused"));
    const { found } = await looked(checkTest, worldOf("single-user", { tags, rules, ...probe }));
    expect(found.slice(2)).toEqual(["test Probes ProbeRefused", "test Readers well"]);
    const reader = failing("login app at replica", refusal("AccessDeniedError", "NoRoute"));
    const { found: behind } = await looked(checkTest, worldOf("single-user", { tags, rules, ...reader }));
    expect(behind.slice(2)).toEqual(["test Probes well", "test Readers NoRoute"]);
  });

  it("goes no further where AWSCURRENT is refused, or cannot be read", async () => {
    const refused = worldOf("single-user", { tags, rules, logins: { app: { passwords: [] } } });
    expect((await looked(checkTest, refused)).found).toEqual(["test SecretRead well", "test Login CurrentRejected"]);
    expect((await looked(checkTest, worldOf("single-user"), moved)).found).toEqual(["test SecretRead CurrentMoved"]);
  });

  it("leaves what may pass to the state machine, which tries it again", async () => {
    const away = refusal("TransientError", "DatabaseAway");
    await expect(looked(checkTest, worldOf("single-user", failing("login app", away)))).rejects.toBe(away);
  });
});

describe("Finish, dry", () => {
  it("looks whether AWSCURRENT is where it would be taken from", async () => {
    expect((await looked(checkFinish, worldOf("single-user"))).found).toEqual(["finish LabelMovable well"]);
    const { world, plan, move } = await planned(worldOf("single-user"));
    move("AWSPREVIOUS", CURRENT);
    move("AWSCURRENT", LEFT);
    expect(foundIn(await checkFinish(world, plan))).toEqual(["finish LabelMovable CurrentMoved"]);
    move("AWSPREVIOUS", LEFT);
    expect(foundIn(await checkFinish(world, plan))).toEqual(["finish LabelMovable CurrentMoved"]);
  });
});

describe("a checklist", () => {
  it("notes what is well in its own words or those of the work, and what is not by its code, without it in the text", async () => {
    const { checks, run } = checklist("test");
    expect(await run("Login", () => 7)).toBe(7);
    expect(
      await run(
        "Size",
        async () => 8,
        (bytes) => `${bytes} bytes.`,
      ),
    ).toBe(8);
    expect(
      await run("Probes", () => {
        throw refusal("InvalidSecretError", "ProbeRefused");
      }),
    ).toBeUndefined();
    expect(checks).toEqual([
      { phase: "test", check: "Login", ok: true, message: "The server is reached and lets AWSCURRENT in." },
      { phase: "test", check: "Size", ok: true, message: "8 bytes." },
      { phase: "test", check: "Probes", ok: false, code: "ProbeRefused", message: "ProbeRefused here." },
    ]);
  });

  it.each([
    refusal("TransientError", "DatabaseAway"),
    refusal("ThrottledError", "Throttled"),
    new TypeError("of ours"),
  ])("notes nothing of what may pass, or is a fault of ours: %s", async (error) => {
    const { checks, run } = checklist("test");
    await expect(run("Login", () => Promise.reject(error))).rejects.toBe(error);
    expect(checks).toEqual([]);
  });
});
