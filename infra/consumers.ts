import { DETAIL_TYPES, SOURCE } from "../src/events/names.js";
import type { Consumer, Target } from "../src/rotation/consumers.js";
import type { ConsumerRule } from "../src/rotation/rules.js";
import { allow, getAtt, logicalId, type Resource, type Resources, role, type Statement } from "./cloudformation.js";
import type { ConsumerSettings, Settings } from "./settings.js";
import { RULES } from "./trust.js";

/** For whoever decides whether a consumer is told: in the rules, where there are any. */
export function consumerRules({ consumers, schedules }: Settings): Readonly<Record<string, ConsumerRule>> | undefined {
  const named = Object.entries(consumers);
  if (named.length === 0) return undefined;
  const on = (name: string) =>
    Object.entries(schedules).flatMap(([schedule, { consumers: told }]) => (told.includes(name) ? [schedule] : []));
  return Object.fromEntries(
    named.map(([name, one]) => [name, { for: one.for, of: on(name), holds: one.holdRetirementMinutes }]),
  );
}

/** For the function that tells them, as JSON. */
export function declaredConsumers({ consumers }: Settings): string {
  const declared = Object.entries(consumers).map(([name, one]): [string, Consumer] => [
    name,
    {
      target: targetOf(one),
      gatherSeconds: one.gatherSeconds,
      everyMinutes: one.everyMinutes,
      limitMinutes: one.limitMinutes,
    },
  ]);
  return JSON.stringify(Object.fromEntries(declared));
}

function targetOf({ ecs, lambda, ssm }: ConsumerSettings): Target {
  if (ecs) return { kind: "ecs", ...ecs };
  if (lambda) return { kind: "lambda", ...lambda };
  return ssm ? { kind: "ssm", ...ssm } : { kind: "webhook" };
}

/**
 * What it takes to tell those that are declared, and nobody else: ECS and Lambda have no action that does only that, so the
 * role could change more of these services and functions than it does.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
export function tellConsumers({ consumers }: Settings): Statement[] {
  const all = Object.values(consumers);
  const services = unique(all.flatMap(({ ecs }) => (ecs ? [ecs.service] : [])));
  const functions = unique(all.flatMap(({ lambda }) => (lambda ? [lambda.function] : [])));
  const commands = all.flatMap(({ ssm }) => (ssm ? [ssm] : []));
  return [
    ...(services.length > 0 ? [allow(["ecs:UpdateService", "ecs:DescribeServices"], services)] : []),
    ...(functions.length > 0
      ? [allow(["lambda:UpdateFunctionConfiguration", "lambda:GetFunctionConfiguration"], functions)]
      : []),
    // A statement for each, so that a document runs where it is declared for, and nowhere else.
    ...commands.map(({ document, instances }) => allow("ssm:SendCommand", [document, ...instances])),
    // Knows no resource; it takes the command's id, which is made at random.
    ...(commands.length > 0 ? [allow("ssm:GetCommandInvocation", "*")] : []),
  ];
}

/** What starts the telling, and what brings an announcement to each webhook. Nothing where nobody is declared. */
export function consumerResources({ consumers }: Settings): Resources {
  const hooks = Object.entries(consumers).flatMap(([name, { webhook }]) => (webhook ? [{ name, ...webhook }] : []));
  if (Object.keys(consumers).length === 0) return {};
  return {
    RefreshRule: {
      Type: "AWS::Events::Rule",
      Properties: {
        Description: "Has those who hold the old credential told of a rotation",
        EventBusName: { Ref: "Bus" },
        EventPattern: { source: [SOURCE], "detail-type": [DETAIL_TYPES.rotationSucceeded] },
        Targets: [
          {
            Id: "refresh-consumers",
            Arn: { Ref: "RefreshConsumers" },
            RoleArn: getAtt("RuleRole", "Arn"),
            DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") },
            // The event only wakes: the function reads the rotation's record.
            InputTransformer: {
              InputPathsMap: { secretArn: "$.detail.secretArn", executionArn: "$.detail.executionArn" },
              InputTemplate: '{"rotation": {"secretArn": <secretArn>, "executionArn": <executionArn>}}',
            },
          },
        ],
      },
    },
    ...Object.fromEntries(hooks.map((hook) => [logicalId(hook.name, "WebhookRule"), webhookRule(hook)])),
    ...(hooks.length > 0
      ? {
          WebhookRole: role(RULES, [
            allow("events:InvokeApiDestination", unique(hooks.map(({ apiDestination }) => apiDestination))),
          ]),
        }
      : {}),
  };
}

/** Which consumer, when, and no more: not which secret, of whatever name. */
function webhookRule({ name, apiDestination }: { readonly name: string; readonly apiDestination: string }): Resource {
  return {
    Type: "AWS::Events::Rule",
    Properties: {
      Description: `Calls the API destination of the consumer ${name}`,
      EventBusName: { Ref: "Bus" },
      EventPattern: {
        source: [SOURCE],
        "detail-type": [DETAIL_TYPES.consumerRefreshed],
        detail: { consumer: [name] },
      },
      Targets: [
        {
          Id: "webhook",
          Arn: apiDestination,
          RoleArn: getAtt("WebhookRole", "Arn"),
          DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") },
          InputTransformer: {
            InputPathsMap: { consumer: "$.detail.consumer", at: "$.detail.startedAt" },
            InputTemplate: '{"consumer": <consumer>, "credentialsOf": <at>}',
          },
        },
      ],
    },
  };
}

function unique(arns: readonly string[]): string[] {
  return [...new Set(arns)];
}
