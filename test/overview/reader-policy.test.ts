import { describe, expect, it } from "vitest";
import { identityPolicy, keyStatement, resourcePolicy } from "../../src/overview/reader-policy.js";

const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/orders-AbCdEf";
const KEY = "arn:aws:kms:eu-central-1:123456789012:key/5ec2e75a-0000-4000-8000-000000000000";
const ROLE = "arn:aws:iam::210987654321:role/orders";
const READ = {
  Sid: "ReadTheSecret",
  Effect: "Allow",
  Action: "secretsmanager:GetSecretValue",
  Resource: arn,
};
const VIA = {
  "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
  "kms:EncryptionContext:SecretARN": arn,
};

describe("the policy of a secret's reader", () => {
  it.each([undefined, "alias/aws/secretsmanager", "arn:aws:kms:eu-central-1:123456789012:alias/aws/secretsmanager"])(
    "is one statement under AWS's key (%s)",
    (kmsKey) =>
      expect(identityPolicy({ arn, ...(kmsKey ? { kmsKey } : {}) })).toEqual({
        Version: "2012-10-17",
        Statement: [READ],
      }),
  );

  it.each([KEY, "5ec2e75a-0000-4000-8000-000000000000"])("opens this secret alone with its key (%s)", (kmsKey) =>
    expect(identityPolicy({ arn, kmsKey }).Statement[1]).toEqual({
      Sid: "DecryptTheSecret",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: KEY,
      Condition: { StringEquals: VIA },
    }),
  );

  it("names an alias by a condition: as a resource it would be the alias itself", () =>
    expect(identityPolicy({ arn, kmsKey: "alias/shop" }).Statement[1]).toMatchObject({
      Resource: "arn:aws:kms:eu-central-1:123456789012:key/*",
      Condition: { StringEquals: VIA, "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/shop" } },
    }));

  it("of another account needs the secret's word and its key's", () => {
    expect(resourcePolicy({ arn }, ROLE).Statement).toEqual([{ ...READ, Resource: "*", Principal: { AWS: ROLE } }]);
    expect(keyStatement({ arn, kmsKey: KEY }, ROLE)).toMatchObject({
      Action: "kms:Decrypt",
      Resource: "*",
      Principal: { AWS: ROLE },
      Condition: { StringEquals: VIA },
    });
    expect(keyStatement({ arn }, ROLE)).toBeUndefined();
  });
});
