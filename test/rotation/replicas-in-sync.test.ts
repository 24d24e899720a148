import { describe, expect, it } from "vitest";
import type { SecretDescription } from "../../src/rotation/ports.js";
import { replicasInSync } from "../../src/rotation/replicas.js";

describe("the look at replicas", () => {
  const look = (replicasBehind: readonly string[], replicasFailed: readonly string[]) => {
    const found = { replicas: 2, replicasBehind, replicasFailed } as unknown as SecretDescription;
    return replicasInSync({ describe: async () => found }, "arn");
  };

  it("is content when none is behind", async () => {
    expect(await look([], [])).toEqual({ replicas: 2 });
  });

  it.each([
    ["on its way", ["eu-west-1", "eu-west-2"], [], "TransientError"],
    ["refused", [], ["eu-west-1", "eu-west-2"], "ConflictError"],
    ["refused by one and on its way to another", ["us-east-1"], ["eu-west-1", "eu-west-2"], "ConflictError"],
  ])("fails while the new version is %s", async (_, behind, failed, name) => {
    await expect(look(behind, failed)).rejects.toMatchObject({
      name,
      code: "ReplicasOutOfSync",
      message: expect.stringContaining("eu-west-1, eu-west-2"),
    });
  });
});
