import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { credentialsOf } from "../../src/aws/accounts/role.js";
import { useStubAws } from "../tools/stub-aws.js";

const ARN = "arn:aws:iam::111122223333:role/keyturn-dev-plan-eu-central-1";
let lastsMs = 3_600_000;
let refused: string | undefined;

const aws = useStubAws({
  "sts:AssumeRole": () =>
    refused
      ? { refuse: refused, message: `not authorized to perform: sts:AssumeRole on resource: ${ARN}` }
      : {
          Credentials: {
            AccessKeyId: "ASIATEST",
            SecretAccessKey: "secret",
            SessionToken: "token",
            Expiration: new Date(Date.now() + lastsMs).toISOString(),
          },
        },
  "secretsmanager:ListSecrets": () => ({ SecretList: [] }),
});

// After the stub, whose address it is.
beforeAll(() => {
  vi.stubEnv("AWS_ENDPOINT_URL", aws.clientConfig.endpoint);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIATEST");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
});
afterAll(() => void vi.unstubAllEnvs());
beforeEach(() => {
  [lastsMs, refused] = [3_600_000, undefined];
  aws.asked.length = 0;
});

const client = () =>
  new SecretsManagerClient({ credentials: credentialsOf({ arn: ARN, session: "keyturn-dev-plan" }), maxAttempts: 1 });

async function calls(times: number): Promise<Array<string | undefined>> {
  const one = client();
  for (let call = 0; call < times; call += 1) await one.send(new ListSecretsCommand({}));
  return aws.actions();
}

it("is taken on once, for as many calls as its hour has", async () => {
  expect(await calls(3)).toEqual(["AssumeRole", "ListSecrets", "ListSecrets", "ListSecrets"]);
  expect(aws.asked[0]).toMatchObject({ RoleArn: ARN, RoleSessionName: "keyturn-dev-plan" });
  expect(aws.asked[0]).not.toHaveProperty("ExternalId");
});

it("is taken on anew some minutes before its end", async () => {
  lastsMs = 4 * 60_000;
  const actions = await calls(2);
  expect(actions.slice(actions.indexOf("ListSecrets"))).toContain("AssumeRole");
});

it.each(["AccessDenied", "AccessDeniedException"])(
  "that does not let in says what to do (%s), and is asked again",
  async (code) => {
    const one = client();
    refused = code;
    await expect(one.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: "AccessDeniedError",
      code: "AccountUnreachable",
      message: expect.stringContaining("npm run -s account-template"),
    });
    refused = undefined;
    await one.send(new ListSecretsCommand({}));
  },
);
