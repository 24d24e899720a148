import { describe, expect, it } from "vitest";
import { authorization, type Decision } from "../../../src/local/gateway/authorization.js";
import type { PolicyStatement, ResourceStatement, Touched } from "../../../src/local/service.js";

const ROLE = "arn:aws:iam::1:role/plan";
const ARN = "arn:aws:sts::1:assumed-role/plan/session";
const ACCOUNT = { AWS: "arn:aws:iam::1:root" };
const QUEUE = "arn:aws:sqs:eu-central-1:1:queue";
const KEY = "arn:aws:kms:eu-central-1:1:key/k";

const all: PolicyStatement = { Effect: "Allow", Action: "*", Resource: "*" };
const at = (Effect: "Allow" | "Deny", Principal: ResourceStatement["Principal"]): ResourceStatement => ({
  ...all,
  Effect,
  Principal,
});

/** What is refused, and in which words. */
function refusal(
  own: readonly PolicyStatement[],
  there: readonly ResourceStatement[],
  touched: Partial<Touched> = {},
  conditions = {},
): string | undefined {
  const authorize = authorization(() => there);
  const one = { action: "sqs:SendMessage", resource: QUEUE, conditions: {}, ...touched };
  try {
    authorize({ arn: ARN, statements: own, conditions }, [one]);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "AccessDeniedException" });
    return (error as Error).message.split(`${one.resource} `)[1];
  }
}

const NOT_IN_ROLE = "because no identity-based policy allows the sqs:SendMessage action";

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
describe("within an account", () => {
  it.each<[string, PolicyStatement[], ResourceStatement[], string | undefined]>([
    ["nothing allows", [], [], NOT_IN_ROLE],
    ["the role allows", [all], [], undefined],
    ["the resource allows the role", [], [at("Allow", { AWS: ROLE })], undefined],
    ["the resource allows this session", [], [at("Allow", { AWS: [ARN] })], undefined],
    ["the resource allows everybody", [], [at("Allow", "*")], undefined],
    ["the resource allows another role", [], [at("Allow", { AWS: "arn:aws:iam::1:role/other" })], NOT_IN_ROLE],
    ["the resource allows a service", [], [at("Allow", { Service: "events.amazonaws.com" })], NOT_IN_ROLE],
    ["the resource leaves it to the account", [], [at("Allow", ACCOUNT)], NOT_IN_ROLE],
    [
      "the role denies",
      [all, { ...all, Effect: "Deny" }],
      [at("Allow", "*")],
      "with an explicit deny in an identity-based policy",
    ],
    ["the resource denies", [all], [at("Deny", "*")], "with an explicit deny in a resource-based policy"],
    [
      "the resource denies the account",
      [all],
      [at("Deny", { AWS: "1" })],
      "with an explicit deny in a resource-based policy",
    ],
    ["the resource denies another role", [all], [at("Deny", { AWS: "arn:aws:iam::1:role/other" })], undefined],
  ])("%s", (_, own, there, expected) => expect(refusal(own, there)).toBe(expected));

  it("a policy that the resource brings with it counts as well", () => {
    expect(refusal([all], [], { policy: [at("Deny", "*")] })).toContain("resource-based policy");
    expect(refusal([], [], { policy: [at("Allow", { AWS: ROLE })] })).toBeUndefined();
  });

  it("a statement may ask which role calls, and for whose sake", () => {
    const others: ResourceStatement = {
      ...at("Deny", "*"),
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": ROLE },
        Bool: { "aws:PrincipalIsAWSService": "false" },
      },
    };
    expect(refusal([all], [others])).toBeUndefined();
    const except = { ...others, Condition: { ...others.Condition, ArnNotEquals: { "aws:PrincipalArn": `${ROLE}-2` } } };
    expect(refusal([all], [except])).toContain("resource-based policy");
    const byItself: PolicyStatement = {
      ...all,
      Effect: "Deny",
      Condition: { ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-central-1:1:function:plan" } },
    };
    expect(refusal([all, byItself], [])).toBeUndefined();
    const byCode = { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-central-1:1:function:plan" };
    expect(refusal([all, byItself], [], {}, byCode)).toContain("identity-based policy");
  });
});

// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
describe("a key", () => {
  const decrypt = { action: "kms:Decrypt", resource: KEY };
  const viaSqs = {
    ...at("Allow", ACCOUNT),
    Condition: { StringEquals: { "kms:ViaService": "sqs.eu-central-1.amazonaws.com" } },
  };
  it.each<[string, PolicyStatement[], ResourceStatement[], Record<string, string>, RegExp | undefined]>([
    ["needs its own policy, whatever the role's says", [all], [], {}, /no resource-based policy/],
    ["is the account's to give, where its policy says so", [all], [at("Allow", ACCOUNT)], {}, undefined],
    ["is the account's to give, and the role has nothing", [], [at("Allow", ACCOUNT)], {}, /no identity-based policy/],
    ["may be given by its policy alone", [], [at("Allow", { AWS: ROLE })], {}, undefined],
    [
      "may be for one service's calls",
      [all],
      [viaSqs],
      { "kms:ViaService": "sqs.eu-central-1.amazonaws.com" },
      undefined,
    ],
    [
      "and for no other's",
      [all],
      [viaSqs],
      { "kms:ViaService": "sns.eu-central-1.amazonaws.com" },
      /no resource-based/,
    ],
    ["and for none that is made directly", [all], [viaSqs], {}, /no resource-based/],
    [
      "of another account is not this one's",
      [all],
      [at("Allow", { AWS: "arn:aws:iam::2:root" })],
      {},
      /no resource-based/,
    ],
  ])("%s", (_, own, there, conditions, expected) => {
    const refused = refusal(own, there, { ...decrypt, conditions });
    if (expected) expect(refused).toMatch(expected);
    else expect(refused).toBeUndefined();
  });
});

describe("who is no role", () => {
  it("the root may do everything", () => {
    const decided: Decision[] = [];
    const authorize = authorization(
      () => [at("Deny", "*")],
      (one) => decided.push(one),
    );
    authorize({ arn: "arn:aws:iam::1:root" }, [{ action: "sqs:SendMessage", resource: QUEUE, conditions: {} }]);
    expect(decided).toEqual([]);
  });
});

describe("what was decided", () => {
  it("is told with the statements that allow it, and says who may not do what", () => {
    const decided: Decision[] = [];
    const authorize = authorization(
      () => [],
      (one) => decided.push(one),
    );
    const statements: PolicyStatement[] = [{ ...all, Resource: QUEUE }, all];
    const send = (resource: string) => ({ action: "sqs:SendMessage", resource, conditions: {} });
    authorize({ arn: ARN, statements }, [send(QUEUE), send("arn:aws:sqs:eu-central-1:1:other")]);
    const refused = () => authorize({ arn: ARN, statements: [] }, [send(QUEUE)]);
    expect(refused).toThrow(`User: ${ARN} is not authorized to perform: sqs:SendMessage on resource: ${QUEUE} because`);
    expect(decided.map(({ allowed, by }) => [allowed, by])).toEqual([
      [true, statements],
      [true, [statements[1]]],
      [false, []],
    ]);
  });
});
