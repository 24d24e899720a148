import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { lists } from "../../src/lambda/lists.js";
import { log } from "../../src/lambda/log.js";
import { useStubAws } from "../tools/stub-aws.js";

const [OWN, THERE] = ["000000000000", "111122223333"];
/** So many of the calls that list the other account are refused, and how. */
let [refusals, refusal] = [0, ""];
let calls = 0;

const aws = useStubAws({
  "sts:AssumeRole": () => ({
    Credentials: {
      AccessKeyId: "ASIATEST",
      SecretAccessKey: "secret",
      SessionToken: "token",
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    },
  }),
  "secretsmanager:ListSecrets": () => {
    calls += 1;
    return calls <= refusals ? { refuse: refusal, message: "not now" } : { SecretList: [{ ARN: "a", Name: "a" }] };
  },
});

beforeEach(() => {
  calls = 0;
  vi.stubEnv("AWS_ENDPOINT_URL", aws.clientConfig.endpoint);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIATEST");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("KEYTURN_RULES", JSON.stringify({ accounts: { partition: "aws", own: OWN, others: [THERE, OWN] } }));
  // The shortest of the SDK's pauses.
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.spyOn(log, "odd").mockReturnValue();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it.each([
  ["has the page after five refusals", 5, "ThrottlingException", 6, { secrets: [{ arn: "a", account: THERE }] }],
  ["passes over it after six", 6, "ThrottlingException", 6, { unreachable: `AccountUnreachable:${THERE}:Throttled` }],
  [
    "asks once where it may not",
    1,
    "AccessDeniedException",
    1,
    { unreachable: `AccountUnreachable:${THERE}:AccessDenied` },
  ],
])("another account's list %s", async (_, times, code, asked, page) => {
  [refusals, refusal] = [times, code];
  const { all } = lists(new SecretsManagerClient({}));
  expect(await all(`${THERE}:`)).toMatchObject(page);
  expect(calls).toBe(asked);
  expect(vi.mocked(log.odd).mock.calls).toHaveLength("unreachable" in page ? 1 : 0);
});
