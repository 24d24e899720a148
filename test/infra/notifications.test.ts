import { describe, expect, it } from "vitest";
import { notificationResources } from "../../infra/notifications.js";
import { roleResources } from "../../infra/roles.js";
import { settingsFrom } from "../tools/settings.js";
import { type Statement, statementsOf } from "./checks/template.js";

const KEY = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keyturn/webhook-AbCdEf";
const PLAIN = settingsFrom("");
const BOTH = settingsFrom(
  `notifications: { chat: true, webhook: { url: "https://hooks.example.com/keyturn", key: "${KEY}" } }`,
);

const rightsOf = (role: string, settings = BOTH): Statement[] =>
  statementsOf(roleResources(settings, "dev")[role]?.Properties ?? {});
const actionsOf = (role: string, settings = BOTH) => rightsOf(role, settings).flatMap(({ Action }) => Action);

describe("a webhook", () => {
  it("is sent by a function that reads the one key, and no other secret", () => {
    const secrets = rightsOf("SendWebhookRole").filter(({ Action }) => String(Action).startsWith("secretsmanager:"));
    expect(secrets).toEqual([{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: KEY }]);
    const opens = rightsOf("SendWebhookRole").filter(({ Action }) => String(Action) === "kms:Decrypt");
    expect(opens.map(({ Condition }) => Condition?.StringEquals)).toContainEqual(
      expect.objectContaining({ "kms:EncryptionContext:SecretARN": KEY }),
    );
    expect(actionsOf("TellPeopleRole").filter((action) => action.startsWith("secretsmanager:"))).toEqual([]);
  });

  it("that nobody declared is nothing: no right, no target, nobody who may invoke it", () => {
    expect(actionsOf("SendWebhookRole", PLAIN).filter((action) => !action.startsWith("logs:"))).toEqual([]);
    expect(JSON.stringify(notificationResources(PLAIN))).not.toMatch(/SendWebhook|ChatTopic/);
  });

  it("and what could not be sent goes where an alarm sees it", () => {
    const { SendWebhookFailed, AnnouncementRule, SendWebhookPermission } = notificationResources(BOTH);
    expect(SendWebhookFailed?.Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": ["DeadLetters", "Arn"] } } },
    });
    expect(AnnouncementRule?.Properties.Targets).toHaveLength(2);
    expect(SendWebhookPermission?.Properties).toMatchObject({
      Principal: "events.amazonaws.com",
      SourceArn: { "Fn::GetAtt": ["AnnouncementRule", "Arn"] },
    });
  });
});

describe("the topic for chats", () => {
  it("is encrypted as the first, and takes messages of the same function alone", () => {
    const { Topic, ChatTopic, ChatTopicPolicy } = notificationResources(BOTH);
    expect(ChatTopic?.Properties.KmsMasterKeyId).toEqual(Topic?.Properties.KmsMasterKeyId);
    expect(ChatTopicPolicy?.Properties).toMatchObject({
      Topics: [{ Ref: "ChatTopic" }],
      PolicyDocument: {
        Statement: [
          {
            Effect: "Deny",
            Action: "sns:Publish",
            Condition: { ArnNotEquals: { "aws:PrincipalArn": { "Fn::GetAtt": ["TellPeopleRole", "Arn"] } } },
          },
        ],
      },
    });
    expect(rightsOf("TellPeopleRole")).toContainEqual({
      Effect: "Allow",
      Action: "sns:Publish",
      Resource: { Ref: "ChatTopic" },
    });
  });
});
