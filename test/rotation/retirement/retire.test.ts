import { describe, expect, it } from "vitest";
import type { Session } from "../../../src/engines/engine.js";
import { engineTraits } from "../../../src/engines/registry.js";
import { KeyturnError } from "../../../src/errors.js";
import { logsIn } from "../../../src/rotation/logins.js";
import type { RetirePlan } from "../../../src/rotation/plans.js";
import type { Reach } from "../../../src/rotation/ports.js";
import { retire } from "../../../src/rotation/retirement/retire.js";

const plan: RetirePlan = {
  decision: "retire",
  secretArn: "arn:secret",
  secretName: "app/db",
  strategy: "dual-password",
  rotationArn: "arn:rotation",
  currentVersionId: "new",
  previousVersionId: "old",
  retireAt: "2026-01-01T00:00:00.000Z",
};

/** A server that does as it is told about passwords: no real one can be made to lose the one that it was to keep. */
function reachTo(afterwards: readonly string[], sessionsOf: NonNullable<Session["sessionsOf"]>) {
  let valid: readonly string[] = ["the old one", "the new one"];
  const secret = (password: string) =>
    JSON.stringify({ engine: "mariadb", host: "db", username: "app", password, dbname: "shop" });
  const stored = (versionId: string, password: string) => ({
    secretArn: "arn:secret",
    versionId,
    text: secret(password),
  });
  const session = {
    whoAmI: async () => ({ login: "app", actingAs: "app", serverVersion: "1" }),
    sessionsOf,
    async retire() {
      valid = afterwards;
    },
    close: async () => undefined,
  } as unknown as Session;
  return {
    secrets: {
      current: async () => stored("new", "the new one"),
      version: async () => stored("old", "the old one"),
    },
    databases: {
      engine: engineTraits,
      async login({ password }: { password: string }) {
        if (valid.includes(password)) return session;
        throw new KeyturnError("CredentialRejectedError", { code: "LoginRefused", message: "refused" });
      },
    },
  } as unknown as Reach;
}

describe("a retirement proves itself", () => {
  const two = async () => 2;

  it("by logins with both credentials", async () => {
    expect(await retire(reachTo(["the new one"], two), plan, true)).toMatchObject({ username: "app", sessions: 2 });
  });

  it.each([
    ["the old credential gets in still", ["the old one", "the new one"], "StillValid"],
    ["the current one is refused", [], "CurrentLost"],
  ])("and fails when %s", async (_, afterwards, code) => {
    await expect(retire(reachTo(afterwards, two), plan, true)).rejects.toMatchObject({ code });
  });

  it("by what a server says of a login that it barred, of the other of a pair and of no login in use", async () => {
    const locked = new KeyturnError("ConflictError", { code: "AccountLocked", message: "locked" });
    const reach = (refusing: string) =>
      ({
        databases: {
          async login({ username }: { username: string }) {
            if (username === refusing) throw locked;
            return { whoAmI: async () => ({ login: username }), close: async () => undefined };
          },
        },
      }) as unknown as Reach;
    const access = (username: string) => ({ username }) as Parameters<typeof logsIn>[1];
    const [app, clone] = [access("app"), access("app_clone")];
    expect(await logsIn(reach("app_clone"), clone, app)).toBe(false);
    expect(await logsIn(reach("app_clone"), app, app)).toBe(true);
    await expect(logsIn(reach("app"), app, app)).rejects.toBe(locked);
    await expect(logsIn(reach("app"), app)).rejects.toBe(locked);
  });

  it("whether sessions may be counted or not, but not while the server is away", async () => {
    const failing = (name: "AccessDeniedError" | "TransientError") => async () => {
      throw new KeyturnError(name, { code: "PermissionDenied", message: "no" });
    };
    const unknown = await retire(reachTo(["the new one"], failing("AccessDeniedError")), plan, true);
    expect(unknown).not.toHaveProperty("sessions");
    const away = retire(reachTo(["the new one"], failing("TransientError")), plan, true);
    await expect(away).rejects.toMatchObject({ name: "TransientError" });
  });
});
