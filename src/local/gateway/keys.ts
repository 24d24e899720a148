import type { Touched } from "../service.js";
import type { Template } from "../template/template.js";

/** The key that the template encrypts a topic, a queue or a table under, by the resource's ARN. */
export function keysOf(template: Template): (resourceArn: string) => string | undefined {
  const keys = new Map(
    template.resources.map(({ ref, attributes, properties }) => {
      const { KMSMasterKeyId } = (properties.SSESpecification ?? {}) as { KMSMasterKeyId?: string };
      const key = (properties.KmsMasterKeyId as string | undefined) ?? KMSMasterKeyId;
      return [attributes.Arn ?? attributes.TopicArn ?? ref, key];
    }),
  );
  return (arn) => keys.get(arn);
}

/**
 * What a service asks of a customer's key in the name of its own caller; nothing where there is no such key, as every
 * principal of the account may use the key that AWS manages for the service.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function usesOfKey(
  key: string | undefined,
  operations: readonly string[],
  { service, context = {} }: { service: string; context?: Readonly<Record<string, string>> },
): Touched[] {
  if (!key) return [];
  const [, , , region = "", account = ""] = key.split(":");
  const conditions = {
    "kms:CallerAccount": account,
    "kms:ViaService": `${service}.${region}.amazonaws.com`,
    ...encryptionContext(context),
  };
  return operations.map((operation) => ({ action: `kms:${operation}`, resource: key, conditions }));
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context */
export function encryptionContext(context: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(context).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]));
}
