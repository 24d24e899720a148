import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { roleResources } from "../../infra/roles.js";
import { parseSettings } from "../../infra/settings.js";
import { unlikeReference } from "./checks/iam.js";
import { packagedTemplate } from "./checks/template.js";

describe("the service authorization reference", () => {
  it("knows all that roles and policies say, of the resources that they say it of", async () => {
    expect(await unlikeReference(packagedTemplate())).toEqual([]);
  });

  it("knows what roles say of networks, too", async () => {
    const network = "network: { subnetIds: [subnet-0123456789abcdef0], securityGroupIds: [sg-0123456789abcdef0] }";
    const settings = parseSettings(network, readFileSync("keyturn.schema.json", "utf8"));
    const { Resources } = packagedTemplate();
    expect(await unlikeReference({ Resources: { ...Resources, ...roleResources(settings, "dev") } })).toEqual([]);
  });
});
