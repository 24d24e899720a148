import { describe, expect, it } from "vitest";
import {
  carries,
  notOurs,
  refuseForeign,
  refuseOtherFunction,
  strategyFor,
} from "../../../src/rotation/plan/policies.js";
import { rotationFunctionOf } from "../../../src/rotation/rotation-function.js";
import { settingsFrom } from "../../../src/rotation/settings.js";
import { parseSecret } from "../../../src/secrets/format.js";
import { asked, daysAgo, described, SECRET, value } from "../imagined.js";

const settings = (tags: Readonly<Record<string, string>> = {}) =>
  settingsFrom({ ...described().tags, ...tags }, { stage: "dev" });

describe("whether a secret is this start's", () => {
  const scheduled = { trigger: "schedule" as const };
  it.each([
    ["a person's start, whatever the schedule", asked({ schedule: "weekly" }), {}, undefined],
    ["an event's", asked({ trigger: "event", schedule: "weekly" }), {}, undefined],
    ["its own schedule's", asked({ ...scheduled, schedule: "nightly" }), {}, undefined],
    ["another schedule's", asked({ ...scheduled, schedule: "weekly" }), {}, "OtherSchedule"],
    ["a schedule's that does not say which", asked(scheduled), {}, undefined],
    ["that of a secret of another stage", asked(), { "keyturn:stage": "prod" }, "NotManaged"],
    ["that of a secret without a schedule", asked(), { "keyturn:schedule": " " }, "NotManaged"],
    ["one by a tag that it carries", asked({ tags: { team: "payments" } }), { team: "payments" }, undefined],
    ["one by a tag that it lost", asked({ tags: { team: "payments" } }), {}, "NotSelected"],
    [
      "a schedule's, by a tag that was changed",
      asked({ ...scheduled, schedule: "nightly", tags: { team: "payments" } }),
      { team: "crm" },
      "NotSelected",
    ],
    [
      "one by a tag, of a secret of another stage",
      asked({ tags: { team: "payments" } }),
      { team: "payments", "keyturn:stage": "prod" },
      "NotManaged",
    ],
  ])("%s", (_, request, tags, reason) => {
    expect(notOurs(request, settings(tags), { ...described().tags, ...tags })).toBe(reason);
  });

  it.each([
    [{}, {}, true],
    [{ a: "1", b: "2" }, { a: "1" }, true],
    [{ a: "1" }, { a: "1", b: "2" }, false],
    [{ a: " 1 " }, { a: "1" }, true],
    [{ a: "1" }, { a: "12" }, false],
    [{}, { toString: "" }, false],
  ])("%j carries %j: %s", (tags, wanted, does) =>
    expect(carries(tags as Record<string, string>, wanted as Record<string, string>)).toBe(does),
  );
});

describe("a secret that is another's to rotate", () => {
  it.each([
    [{ deletedAt: daysAgo(1) }, "InvalidSecretError", "SecretDeleted"],
    [{ owningService: "rds" }, "UnsupportedError", "ServiceOwned"],
    [{ replicaOf: "us-east-1" }, "UnsupportedError", "ReplicaSecret"],
  ])("%j is refused", (fields, name, code) => {
    expect(() => refuseForeign(described(fields))).toThrow(expect.objectContaining({ name, code }));
  });

  it("is none that has been rotated by Secrets Manager once", () => {
    expect(() => refuseForeign(described({ lastRotatedAt: daysAgo(1), replicas: 2 }))).not.toThrow();
  });

  const ours = rotationFunctionOf(SECRET, { stage: "dev" });
  it.each([
    [{ rotationEnabled: true }, true],
    [{ rotationEnabled: true, rotationFunction: ours.replace("keyturn-dev", "keyturn-prod") }, true],
    [{ rotationEnabled: true, rotationFunction: ours.replace("eu-central-1", "us-east-1") }, true],
    [{ rotationEnabled: true, rotationFunction: ours }, false],
    [{ rotationEnabled: false, rotationFunction: "arn:of-one-that-was" }, false],
  ])("or is rotated by Secrets Manager, %j, by another function: %s", (fields, isRefused) => {
    const refuse = () => refuseOtherFunction(described(fields), { stage: "dev" });
    if (isRefused) expect(refuse).toThrow(expect.objectContaining({ name: "ConflictError", code: "NativeRotationOn" }));
    else expect(refuse).not.toThrow();
  });
});

describe("the strategy", () => {
  const ADMIN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/admin-AbCdEf";
  const PROXY = "shop.proxy-c0ffee123456.eu-central-1.rds.amazonaws.com";
  const chosen = (fields: object, tag: string | undefined, dualPassword: boolean) =>
    strategyFor(
      parseSecret(JSON.stringify({ ...value, ...fields }), "secret"),
      described(),
      settings(tag ? { "keyturn:strategy": tag } : {}) ?? expect.unreachable(),
      { dualPassword: dualPassword as never },
    );

  it.each([
    ["of a secret without an admin", {}, undefined, "single-user"],
    ["of a secret with an admin", { masterarn: ADMIN }, undefined, "alternating-users"],
    ["that the tag asks for, although there is an admin", { masterarn: ADMIN }, "single-user", "single-user"],
    ["of two passwords, without an admin", {}, "dual-password", "dual-password"],
    ["of two passwords, with one", { masterarn: ADMIN }, "dual-password", "dual-password"],
  ])("%s", (_, fields, tag, strategy) => {
    expect(chosen(fields, tag, true)).toBe(strategy);
  });

  it.each([
    ["an admin that is the secret itself, by ARN", { masterarn: SECRET }, undefined, "InvalidSecretError", "OwnAdmin"],
    [
      "an admin that is the secret itself, by name",
      { masterarn: "shop/orders" },
      "single-user",
      "InvalidSecretError",
      "OwnAdmin",
    ],
    ["alternating users without an admin", {}, "alternating-users", "InvalidSecretError", "MissingKey"],
    ["two passwords on an engine that has one", {}, "dual-password", "UnsupportedError", "NoDualPassword"],
  ])("%s is refused", (_, fields, tag, name, code) => {
    expect(() => chosen(fields, tag, false)).toThrow(expect.objectContaining({ name, code }));
  });

  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html
  describe.each([
    ["single-user", {}],
    ["alternating-users", { masterarn: ADMIN }],
    ["dual-password", {}],
  ])("%s", (strategy, fields) => {
    it.each([
      ["a proxy", PROXY],
      ["a further end point of a proxy", `reports.endpoint.${PROXY.slice("shop.".length)}`],
      ["a proxy in China", "shop.proxy-c0ffee123456.cn-north-1.rds.amazonaws.com.cn"],
      ["a proxy in capitals", PROXY.toUpperCase()],
      ["a proxy with the dot at its end", `${PROXY}.`],
    ])("is refused through %s", (_, host) => {
      const turns = strategy === "alternating-users";
      expect(() => chosen({ ...fields, host }, strategy, true)).toThrow(
        expect.objectContaining({
          name: "UnsupportedError",
          code: "ProxyHost",
          message: expect.stringMatching(
            turns ? /"host".*keyturn:strategy = single-user or dual-password/ : /^(?!.*keyturn:strategy).*"host"/,
          ),
        }),
      );
    });

    it.each([
      ["an instance", "shop.c0ffee123456.eu-central-1.rds.amazonaws.com"],
      ["a cluster", "shop.cluster-c0ffee123456.eu-central-1.rds.amazonaws.com"],
      ["an instance that is called like a proxy", "shop-proxy.c0ffee123456.eu-central-1.rds.amazonaws.com"],
      ["a host that is only called like a proxy", `${PROXY}.example.com`],
      ["a name of one's own", "proxy-1.internal"],
    ])("is not refused at %s", (_, host) => {
      expect(chosen({ ...fields, host }, strategy, true)).toBe(strategy);
    });
  });
});
