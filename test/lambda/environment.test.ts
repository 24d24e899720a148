import { afterEach, expect, it, vi } from "vitest";
import { machines, tableName, topicArn } from "../../src/lambda/environment.js";

afterEach(() => vi.unstubAllEnvs());

it.each([
  ["KEYTURN_TABLE", tableName, "NoTable"],
  ["KEYTURN_TOPIC", topicArn, "NoTopic"],
])("%s is taken from the deployment, and missed by name", (variable, read, code) => {
  vi.stubEnv(variable, "as deployed");
  expect(read()).toBe("as deployed");
  vi.stubEnv(variable, "");
  expect(read).toThrow(expect.objectContaining({ code, message: expect.stringContaining(variable) }));
});

it("the machines are taken from the deployment, and each is missed by name", () => {
  vi.stubEnv("KEYTURN_ROTATE_SECRET", "rotates");
  vi.stubEnv("KEYTURN_CHECK_SECRET", "checks");
  expect(machines()).toEqual({ rotateSecret: "rotates", checkSecret: "checks" });
  vi.stubEnv("KEYTURN_CHECK_SECRET", "");
  expect(machines).toThrow(expect.objectContaining({ message: expect.stringContaining("KEYTURN_CHECK_SECRET") }));
});
