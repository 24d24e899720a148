import { describe, expect, it } from "vitest";
import { alarmResources } from "../../infra/alarms.js";
import { consumerResources, consumerRules, declaredConsumers } from "../../infra/consumers.js";
import { roleResources } from "../../infra/roles.js";
import { rulesFrom } from "../../infra/rules.js";
import { mayDo, statementsIn } from "../security/policies.js";
import { settingsFrom } from "../tools/settings.js";
import { unwatched } from "./checks/alarms.js";
import { refusedPatterns } from "./checks/event-bridge.js";
import { unlikeReference } from "./checks/iam.js";
import { packagedTemplate } from "./checks/template.js";

const at = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
const API = at("ecs", "service/shop/api");
const ORDERS = at("lambda", "function:orders");
const RELOAD = at("ssm", "document/reload");
const FLUSH = at("ssm", "document/flush");
const [FIRST, SECOND] = [at("ec2", "instance/i-0a1b2c3d4e5f60001"), at("ec2", "instance/i-0a1b2c3d4e5f60002")] as const;
const HOOK = at("events", "api-destination/orders/11111111-2222-3333-4444-555555555555");

const YAML = `
schedules:
  nightly: { manual: true, consumers: [api, orders] }
  weekly: { manual: true, consumers: [api] }
consumers:
  api: { for: [shop/, crm/], ecs: { service: "${API}" }, everyMinutes: 60, holdRetirementMinutes: 0 }
  orders: { for: [shop/], lambda: { function: "${ORDERS}" } }
  reload: { for: [shop/], ssm: { document: "${RELOAD}", instances: ["${FIRST}"] } }
  flush: { for: [shop/], ssm: { document: "${FLUSH}", instances: ["${SECOND}"] } }
  hook: { for: [shop/], webhook: { apiDestination: "${HOOK}" } }
`;
const settings = settingsFrom(YAML);
const resources = { ...roleResources(settings, "dev"), ...consumerResources(settings), ...alarmResources(settings) };
const template = { ...packagedTemplate(), Resources: { ...packagedTemplate().Resources, ...resources } };

const may = (role: string, action: string, resource: string) =>
  mayDo(statementsIn(resources[role]?.Properties ?? {}), action, { resource });

describe("keyturn.yml's consumers", () => {
  it("say to whoever decides who may have which told, and on which schedules", () => {
    expect(consumerRules(settings)).toEqual({
      api: { for: ["shop/", "crm/"], of: ["nightly", "weekly"], holds: 0 },
      orders: { for: ["shop/"], of: ["nightly"], holds: 60 },
      reload: { for: ["shop/"], of: [], holds: 60 },
      flush: { for: ["shop/"], of: [], holds: 60 },
      hook: { for: ["shop/"], of: [], holds: 60 },
    });
    expect(JSON.parse(rulesFrom(settings, "dev")).consumers).toEqual(consumerRules(settings));
  });

  it("say to who tells them what, and at which pace", () => {
    expect(JSON.parse(declaredConsumers(settings))).toMatchObject({
      api: { target: { kind: "ecs", service: API }, gatherSeconds: 30, everyMinutes: 60, limitMinutes: 30 },
      orders: { target: { kind: "lambda", function: ORDERS }, everyMinutes: 15 },
      reload: { target: { kind: "ssm", document: RELOAD, instances: [FIRST] } },
      hook: { target: { kind: "webhook" } },
    });
  });

  it("are nobody where none are declared: no rule, no role, no right, no word in the rules", () => {
    const none = settingsFrom("schedules: { nightly: { manual: true } }");
    expect(consumerResources(none)).toEqual({});
    expect(consumerRules(none)).toBeUndefined();
    expect(declaredConsumers(none)).toBe("{}");
    expect(JSON.stringify(roleResources(none, "dev"))).not.toMatch(/ecs:|ssm:|UpdateFunctionConfiguration|InvokeApi/);
  });

  it("do not deploy where no function's environment can hold them", () => {
    const many = Array.from({ length: 40 }, (_, nth) => `c${nth}: { for: [shop/], ecs: { service: "${API}" } }`);
    expect(() => rulesFrom(settingsFrom(`consumers: { ${many.join(", ")} }`), "dev")).toThrow(/which has 3584/);
  });
});

describe("the role of who tells them", () => {
  it.each([
    ["ecs:UpdateService", API],
    ["ecs:DescribeServices", API],
    ["lambda:UpdateFunctionConfiguration", ORDERS],
    ["lambda:GetFunctionConfiguration", ORDERS],
    ["ssm:SendCommand", RELOAD],
    ["ssm:SendCommand", FIRST],
  ])("has %s on %s", (action, resource) => {
    expect(may("RefreshConsumerRole", action, resource)).toBe(true);
  });

  it.each([
    ["ecs:UpdateService", at("ecs", "service/shop/api2")],
    ["ecs:UpdateService", at("ecs", "service/other/api")],
    ["ecs:DeleteService", API],
    ["ecs:RunTask", API],
    ["lambda:UpdateFunctionConfiguration", at("lambda", "function:orders2")],
    ["lambda:UpdateFunctionConfiguration", at("lambda", "function:keyturn-dev-refresh-consumer")],
    ["lambda:UpdateFunctionCode", ORDERS],
    ["lambda:InvokeFunction", ORDERS],
    ["ssm:SendCommand", at("ssm", "document/AWS-RunShellScript")],
    ["ssm:SendCommand", at("ec2", "instance/i-0a1b2c3d4e5f60003")],
    ["ssm:ListCommands", "*"],
    ["events:InvokeApiDestination", HOOK],
    ["iam:PassRole", at("iam", "role/task")],
    ["secretsmanager:GetSecretValue", at("secretsmanager", "secret:shop/orders-AbCdEf")],
  ])("has not %s on %s", (action, resource) => {
    expect(may("RefreshConsumerRole", action, resource)).toBe(false);
  });

  it("runs each document where it is declared for, and nowhere else", () => {
    const sends = statementsIn(resources.RefreshConsumerRole?.Properties ?? {}).filter(({ Action }) =>
      [Action].flat().includes("ssm:SendCommand"),
    );
    expect(sends.map(({ Resource }) => Resource)).toEqual([
      [RELOAD, FIRST],
      [FLUSH, SECOND],
    ]);
  });

  it("has no * in a resource, but of the one action that knows none", () => {
    const wide = statementsIn(resources.RefreshConsumerRole?.Properties ?? {}).filter(({ Resource }) =>
      JSON.stringify(Resource)
        .replace(/log-group:[^"]*/, "")
        .includes("*"),
    );
    expect(wide.map(({ Action }) => Action)).toEqual(["ssm:GetCommandInvocation"]);
  });

  it("is as AWS's service authorization reference has it, and so is the webhooks'", async () => {
    expect(await unlikeReference(template)).toEqual([]);
  });
});

describe("what goes with consumers", () => {
  it("is started by rotations that succeeded, which pass on which one, and no more", () => {
    expect(resources.RefreshRule?.Properties).toMatchObject({
      EventBusName: { Ref: "Bus" },
      EventPattern: { source: ["keyturn"], "detail-type": ["Secret Rotation Succeeded"] },
      Targets: [
        {
          InputTransformer: {
            InputPathsMap: { secretArn: "$.detail.secretArn", executionArn: "$.detail.executionArn" },
          },
        },
      ],
    });
  });

  it("calls each API destination for its own consumer alone, without a word of which secret", () => {
    expect(resources.HookWebhookRule?.Properties).toMatchObject({
      EventPattern: { source: ["keyturn"], "detail-type": ["Consumer Refreshed"], detail: { consumer: ["hook"] } },
      Targets: [
        { Arn: HOOK, InputTransformer: { InputPathsMap: { consumer: "$.detail.consumer", at: "$.detail.startedAt" } } },
      ],
    });
    expect(may("WebhookRole", "events:InvokeApiDestination", HOOK)).toBe(true);
    expect(may("WebhookRole", "events:InvokeApiDestination", `${HOOK}0`)).toBe(false);
  });

  it("has patterns that EventBridge takes, and an alarm on each start that could be lost", () => {
    expect(refusedPatterns(template)).toEqual([]);
    expect(unwatched(template)).toEqual([]);
  });
});
