import { afterEach, expect, it, vi } from "vitest";
import { tableName, topicArn } from "../../src/lambda/environment.js";

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
