import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";
import { unwatched } from "./checks/alarms.js";
import { malformed } from "./checks/dashboard.js";
import { refusedPatterns, unmetConditions } from "./checks/event-bridge.js";
import { unlikeReference } from "./checks/iam.js";
import { unmeasured } from "./checks/metrics.js";
import { missingPaths } from "./checks/paths.js";
import { rightsUnlike } from "./checks/rights.js";
import { hasty, uncaught } from "./checks/states.js";
import { ofType, packagedTemplate, type Statement, statementsOf, type Template } from "./checks/template.js";

// A check that finds nothing has to be able to find something: each is shown the packaged template with one fault in it.
const keyturn = useCloud();

/** With what stands at a path in `Resources` changed, or taken out where `change` gives nothing. */
function planted<Part>(path: string, change: (part: Part) => unknown): Template {
  const template = packagedTemplate();
  const steps = path.split("/");
  const last = steps.pop() as string;
  const holder = steps.reduce<Record<string, unknown>>(
    (part, step) => part[step] as Record<string, unknown>,
    template.Resources as Record<string, unknown>,
  );
  if (!(last in holder)) throw new Error(`The template has no ${path}.`);
  holder[last] = change(holder[last] as Part);
  return JSON.parse(JSON.stringify(template)) as Template;
}

const inThisAccount = { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } };
const toEventBridge = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" } } as const;
const rightsOf = (role: string) => `${role}/Properties/Policies/0/PolicyDocument/Statement`;
const allowing = (role: string, Action: string, Resource: unknown = "*") =>
  planted(rightsOf(role), (rights: Statement[]) => [...rights, { Effect: "Allow", Action, Resource }]);

type Check = (template: Template) => readonly string[] | Promise<readonly string[]>;

describe("what is wrong in a template is found:", () => {
  it.each<[fault: string, check: Check, template: () => Template, said: string]>([
    [
      "a topic's policy asks EventBridge for the account",
      unmetConditions,
      () =>
        planted("TopicPolicy/Properties/PolicyDocument/Statement", (statements: Statement[]) => [
          ...statements,
          { ...toEventBridge, Action: "sns:Publish", Resource: { Ref: "Topic" }, Condition: inThisAccount },
        ]),
      "TopicPolicy asks EventBridge for aws:SourceAccount",
    ],
    [
      "a key's policy asks EventBridge for the account",
      unmetConditions,
      () =>
        planted("Key/Properties/KeyPolicy/Statement", (statements: Array<Statement & { Sid: string }>) =>
          statements.map((one) => (one.Sid === "EventsReachTheQueue" ? { ...one, Condition: inThisAccount } : one)),
        ),
      "Key asks EventBridge for aws:SourceAccount",
    ],
    [
      "the policy of the queue of dead letters asks EventBridge for the account",
      unmetConditions,
      () => planted("DeadLettersPolicy/Properties/PolicyDocument/Statement/0/Condition", () => inThisAccount),
      "DeadLettersPolicy asks EventBridge for aws:SourceAccount",
    ],
    [
      "an event pattern is too complex",
      refusedPatterns,
      () =>
        planted("ExecutionFailedRule/Properties/EventPattern/detail/$or/0/input", () => [
          { "anything-but": { wildcard: ['*"trigger":"recovery"*', '*"ended":{*'] } },
        ]),
      "ExecutionFailedRule: InvalidEventPatternException: Event pattern is not valid. Rule is too complex",
    ],
    [
      "a state reads what one of the ways to it does not bring",
      missingPaths,
      () => planted("RotateSecret/Properties/Definition/States/Begin to recover/ResultPath", () => "$.recovery"),
      'rotate-secret: "Roll back" reads $.failed, which may be missing',
    ],
    [
      "a state of a Map reads what an execution that was stopped does not say",
      missingPaths,
      () =>
        planted(
          "RotateFleet/Properties/Definition/States/Rotate each/ItemProcessor/States/Read failure/Parameters",
          () => ({ "execution.$": "States.StringToJson($.error.Cause)" }),
        ),
      'rotate-fleet: "Failed" reads $.execution.Error, which may be missing',
    ],
    [
      "a choice reads what it did not ask the presence of",
      missingPaths,
      () =>
        planted("RotateSecret/Properties/Definition/States/How did it end?/Choices/0/And", (rules: object[]) =>
          rules.slice(1).concat({ Variable: "$.replicas.report", BooleanEquals: true }),
        ),
      'rotate-secret: "How did it end?" reads $.replicas.report, which may be missing',
    ],
    [
      "a state gives up before its function does",
      hasty,
      () => planted("RotateSecret/Properties/Definition/States/Set secret/TimeoutSeconds", () => 40),
      "rotate-secret: Set secret gives up after 40 s",
    ],
    [
      "a function takes longer than the state that waits for it",
      hasty,
      () => planted("RollBackLambdaFunction/Properties/Timeout", () => 60),
      "rotate-secret: Roll back gives up after 65 s",
    ],
    [
      "a fleet's Map has no Catch",
      uncaught,
      () => planted("RotateFleet/Properties/Definition/States/Rotate each/Catch", () => undefined),
      "rotate-fleet: Rotate each",
    ],
    [
      "an alarm watches another machine",
      unwatched,
      () =>
        planted("RetireSecretAlarm/Properties/Metrics", (metrics) =>
          JSON.parse(JSON.stringify(metrics).replaceAll('{"Ref":"RetireSecret"}', '{"Ref":"RotateSecret"}')),
        ),
      "No alarm is on ExecutionsFailed of RetireSecret",
    ],
    [
      "no alarm watches a rule",
      unwatched,
      () => planted("RulesAlarm/Properties/Metrics", (metrics: unknown[]) => metrics.slice(0, -1)),
      "No alarm is on InvocationsFailedToBeSentToDlq of OldCredentialLeftRule",
    ],
    [
      "an alarm is on a figure by what it is not counted by",
      unmeasured,
      () => planted("OverdueAlarm/Properties/Dimensions", () => [{ Name: "Outcome", Value: "failed" }]),
      "Keyturn Overdue",
    ],
    [
      "an alarm is on an outcome that there is not",
      unmeasured,
      () =>
        planted("FailureAlarm/Properties/Metrics", (metrics) =>
          JSON.parse(JSON.stringify(metrics).replace('"rolled back"', '"rolledBack"')),
        ),
      "rolledBack",
    ],
    [
      "the dashboard shows what nobody measures",
      unmeasured,
      () =>
        planted("Dashboard/Properties/DashboardBody/Fn::Sub", (body: string) =>
          body.replace('"NeedsAttention"', '"NeedAttention"'),
        ),
      "Keyturn NeedAttention",
    ],
    [
      "a widget lies on another",
      malformed,
      () => planted("Dashboard/Properties/DashboardBody/Fn::Sub", (body: string) => body.replace('"x":8', '"x":7')),
      "lies on another",
    ],
    [
      "a role has an action that is none",
      unlikeReference,
      () => allowing("PlanRole", "dynamodb:ReadItem"),
      "PlanRole: there is no dynamodb:ReadItem",
    ],
    [
      "a role has an action on everything",
      unlikeReference,
      () => allowing("PlanRole", "dynamodb:GetItem"),
      "PlanRole: dynamodb:GetItem is allowed on everything",
    ],
    [
      "a role has an action on one resource that knows none",
      unlikeReference,
      () => allowing("PlanRole", "secretsmanager:ListSecrets", { Ref: "RotateSecret" }),
      "PlanRole: secretsmanager:ListSecrets is about no resource",
    ],
    [
      "a role has an action on what it is not about",
      unlikeReference,
      () => allowing("RuleRole", "states:DescribeExecution", { Ref: "RotateSecret" }),
      "RuleRole: states:DescribeExecution is not about arn:aws:states:eu-central-1:123456789012:stateMachine:",
    ],
    [
      "a role's condition is one that its action does not know",
      unlikeReference,
      () =>
        planted(rightsOf("RecordRole"), (rights: Statement[]) =>
          rights.map((right) => ({ ...right, Condition: { StringEquals: { "secretsmanager:SecretId": "a" } } })),
        ),
      "RecordRole: dynamodb:PutItem knows no condition secretsmanager:SecretId",
    ],
  ])("%s", async (_, check, template, said) => {
    expect(await check(packagedTemplate())).toEqual([]);
    expect(await check(template())).toContainEqual(expect.stringContaining(said));
  });

  it("a role has lost a statement that a rotation needs", async () => {
    await keyturn.rotate(await keyturn.secretFor(await createLogin()));
    const calls = keyturn.cloud.calls();
    const missing = (template: Template) =>
      rightsUnlike(template, calls).flatMap(({ id, missing }) => missing.map((action) => `${id} ${action}`));
    expect(missing(packagedTemplate())).toEqual([]);
    // Each statement of each role, taken out by itself. Where two allow the same action on different secrets, as of a role that
    // reads admins', this does not see it, and the embedded cloud refuses the call.
    const found = ofType(packagedTemplate(), "AWS::IAM::Role").flatMap(({ id, properties }) =>
      statementsOf(properties).flatMap((_, index) =>
        missing(planted(rightsOf(id), (rights: Statement[]) => rights.filter((_, at) => at !== index))),
      ),
    );
    expect(found).toEqual(
      expect.arrayContaining([
        ...["PlanRole dynamodb:UpdateItem", "PlanRole secretsmanager:GetSecretValue"],
        ...["CreateSecretRole secretsmanager:PutSecretValue"],
        ...["TestSecretRole secretsmanager:GetSecretValue", "FinishSecretRole secretsmanager:UpdateSecretVersionStage"],
        ...["RecordRole dynamodb:PutItem", "TellPeopleRole sns:Publish"],
        ...["RotateSecretRole lambda:InvokeFunction", "RotateSecretRole events:PutEvents"],
      ]),
    );
  });
});
