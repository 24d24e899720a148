import { describe, expect, it } from "vitest";
import { settingsFrom } from "../../src/rotation/settings.js";

const ours = { "keyturn:stage": "dev", "keyturn:schedule": "nightly" };
const settings = (tags: Readonly<Record<string, string>>) => settingsFrom({ ...ours, ...tags }, { stage: "dev" });

describe("a secret's tags", () => {
  it.each<[string, Record<string, string>]>([
    ["no tags at all", {}],
    ["no stage", { "keyturn:schedule": "nightly" }],
    ["no schedule", { "keyturn:stage": "dev" }],
    ["a blank schedule", { ...ours, "keyturn:schedule": " " }],
    ["another stage", { ...ours, "keyturn:stage": "prod" }],
    ["another stage, and tags that mean nothing here", { ...ours, "keyturn:stage": "prod", "keyturn:new": "x" }],
  ])("with %s are another's", (_, tags) => {
    expect(settingsFrom(tags, { stage: "dev" })).toBeUndefined();
  });

  it("say what they say, and others' tags nothing", () => {
    expect(settings({ team: "shop", "aws:rds:x": "y" })).toEqual({
      schedule: "nightly",
      grants: "sync",
      probes: [],
      readers: [],
      password: {},
    });
  });

  it.each<[Record<string, string>, object]>([
    [{ "keyturn:schedule": " weekly " }, { schedule: "weekly" }],
    [{ "keyturn:strategy": "dual-password" }, { strategy: "dual-password" }],
    [{ "keyturn:grants": "keep" }, { grants: "keep" }],
    [{ "keyturn:grants": "sync" }, { grants: "sync" }],
    [{ "keyturn:admin": "shop/" }, { schedule: "nightly" }],
    [{ "keyturn:consumers": " api  web " }, { consumers: ["api", "web"] }],
    [{ "keyturn:consumers": "none" }, { consumers: [] }],
    [{ "keyturn:readers": "db:65535" }, { readers: [{ host: "db", port: 65_535 }] }],
    [{ "keyturn:probe": "select 1" }, { probes: ["select 1"] }],
    [{ "keyturn:readers": "db-ro  db2:5433" }, { readers: [{ host: "db-ro" }, { host: "db2", port: 5433 }] }],
    [{ "keyturn:password-length": "40" }, { password: { passwordLength: 40 } }],
    [{ "keyturn:exclude-numbers": "true" }, { password: { excludeNumbers: true } }],
    [{ "keyturn:exclude-punctuation": "false" }, { password: { excludePunctuation: false } }],
    [{ "keyturn:exclude-characters": ":/" }, { password: { excludeCharacters: ":/" } }],
  ])("%j", (tags, found) => {
    expect(settings(tags)).toMatchObject(found);
  });

  it.each<[string, string]>([
    ["strategy", "both"],
    ["grants", "all"],
    ["readers", "db:70000"],
    ["readers", "db 1:x"],
    ["readers", "postgres://db"],
    ["readers", "user@db"],
    ["password-length", "long"],
    ["password-length", "12345"],
    ["exclude-numbers", "yes"],
  ])("keyturn:%s = %j is refused, and the tag is named", (name, said) => {
    const message = expect.stringContaining(`keyturn:${name}`);
    const refused = expect.objectContaining({ name: "InvalidSecretError", code: "WrongTag", message });
    expect(() => settings({ [`keyturn:${name}`]: said })).toThrow(refused);
  });

  it("that mean nothing are not passed over", () => {
    expect(() => settings({ "keyturn:stragety": "single-user" })).toThrow(
      expect.objectContaining({ code: "UnknownTag", message: expect.stringContaining("keyturn:stragety") }),
    );
  });

  it("name what they may be where they are not understood", () => {
    expect(() => settings({ "keyturn:new": "x" })).toThrow("keyturn:stage, keyturn:schedule, keyturn:admin");
    expect(() => settings({ "keyturn:grants": "all" })).toThrow("keyturn:grants must be sync or keep");
  });
});
