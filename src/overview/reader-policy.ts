/** The permissions that let one application read exactly one secret. */

export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

/** A secret as Secrets Manager describes it. `kmsKey`: an id, an ARN or an alias; absent: the account's `aws/secretsmanager`. */
export interface Readable {
  readonly arn: string;
  readonly kmsKey?: string;
}

/**
 * For the application's role: reads the one secret, and has Secrets Manager decrypt it, and only it, with its key. The key that
 * AWS manages needs no word, but it cannot be used from another account.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function identityPolicy(secret: Readable): Policy {
  const key = decrypts(secret);
  return { Version: "2012-10-17", Statement: [reads(secret.arn), ...(key ? [key] : [])] };
}

/** For the secret itself: lets a principal of another account in, which needs the identity policy besides. */
export function resourcePolicy({ arn }: Readable, principalArn: string): Policy {
  const { Resource: _, ...statement } = reads(arn);
  // Of a resource policy the secret it stands on is the only resource.
  return { Version: "2012-10-17", Statement: [{ ...statement, Principal: { AWS: principalArn }, Resource: "*" }] };
}

/** For the policy of the secret's key; `undefined` where that is AWS's own, which nobody can write to. */
export function keyStatement(secret: Readable, principalArn: string): Readonly<Record<string, unknown>> | undefined {
  const statement = decrypts(secret);
  return statement && { ...statement, Principal: { AWS: principalArn }, Resource: "*" };
}

function reads(arn: string) {
  return { Sid: "ReadTheSecret", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn };
}

function decrypts({ arn, kmsKey }: Readable): Record<string, unknown> | undefined {
  if (!kmsKey || kmsKey.endsWith("alias/aws/secretsmanager")) return undefined;
  const [, partition, , region, account] = arn.split(":");
  const [, alias] = /(?:^|:)(alias\/.+)$/.exec(kmsKey) ?? [];
  const keys = `arn:${partition}:kms:${region}:${account}:key/`;
  return {
    Sid: "DecryptTheSecret",
    Effect: "Allow",
    Action: "kms:Decrypt",
    // An alias as a resource would be the alias itself. https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    Resource: alias ? `${keys}*` : kmsKey.startsWith("arn:") ? kmsKey : `${keys}${kmsKey}`,
    Condition: {
      StringEquals: {
        "kms:ViaService": `secretsmanager.${region}.amazonaws.com`,
        "kms:EncryptionContext:SecretARN": arn,
      },
      ...(alias ? { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } } : {}),
    },
  };
}
