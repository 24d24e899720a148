import { allow, type Condition, getAtt, type Statement, sub } from "./cloudformation.js";
import { keyArn } from "./key.js";
import type { Settings } from "./settings.js";

/** All secrets of this account and region. */
export const SECRETS = sub("arn:#{AWS::Partition}:secretsmanager:#{AWS::Region}:#{AWS::AccountId}:secret:*");

/**
 * The opt-in, by tags of the secret itself. The stage keeps two deployments in one account apart: neither reads what
 * belongs to the other.
 */
export const managed = (stage: string): Condition => ({
  StringEquals: { "aws:ResourceTag/keyturn:stage": stage },
  StringLike: { "aws:ResourceTag/keyturn:schedule": "?*" },
});
export const admin = (stage: string): Condition => ({
  StringEquals: { "aws:ResourceTag/keyturn:stage": stage },
  StringLike: { "aws:ResourceTag/keyturn:admin": "?*" },
});

/** For what a function could not do that nobody waits for: Lambda puts it there with the function's own role. */
export const leaveDeadLetters = allow("sqs:SendMessage", getAtt("DeadLetters", "Arn"));

/** Messages that lie under Keyturn's own key: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#send-to-encrypted-topic, and for queues as there */
export function sealMessages(settings: Settings, ...services: string[]): Statement {
  return allow(["kms:GenerateDataKey", "kms:Decrypt"], keyArn(settings), { StringEquals: via(...services) });
}

/**
 * DynamoDB opens the table's key in the name of who reads or writes items, and makes data keys in its own.
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html#dynamodb-cmk-trail
 */
export function openTable(settings: Settings): Statement {
  return allow("kms:Decrypt", keyArn(settings), {
    StringEquals: { ...via("dynamodb"), "kms:EncryptionContext:aws:dynamodb:tableName": { Ref: "Table" } },
  });
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
export function via(...services: string[]) {
  const names = services.map((service) => sub(`${service}.#{AWS::Region}.amazonaws.com`));
  return { "kms:ViaService": names.length === 1 ? names[0] : names };
}

export function table(...operations: string[]): Statement {
  return allow(
    operations.map((operation) => `dynamodb:${operation}`),
    getAtt("Table", "Arn"),
  );
}
