import type { Surroundings } from "../service.js";
import { candidate } from "./arn.js";
import { notFound } from "./errors.js";
import { createMutex } from "./mutex.js";
import type { Secret, SecretValue } from "./secret.js";

/** What a change does to the values beside the secret's own record. */
export interface ValueChange {
  readonly stored?: { readonly versionId: string; readonly value: SecretValue } | undefined;
  /** Version ids whose values go. */
  readonly dropped?: readonly string[];
}

/** The secrets on disk. A value lies sealed beside its secret, under the secret's ARN and its version id. */
export interface Secrets {
  /** By name, full or partial ARN. */
  find(secretId: string): Promise<Secret | undefined>;
  /** Runs `work` with no other on the same secret. Throws ResourceNotFoundException before, if there is none. */
  alone<T>(secretId: string, work: (secret: Secret) => Promise<T>): Promise<T>;
  /** Runs `work` with no other on that name, whether there is such a secret or not. */
  aloneOn<T>(name: string, work: (secret: Secret | undefined) => Promise<T>): Promise<T>;
  /** Writes the secret and its change of values in one batch. */
  save(secret: Secret, change?: ValueChange): Promise<void>;
  /** Undefined where the version has no value yet. */
  value(secret: Secret, versionId: string): Promise<SecretValue | undefined>;
  remove(secret: Secret): Promise<void>;
  /** In the order of their names. */
  all(): Promise<Secret[]>;
}

export function openSecrets(surroundings: Surroundings): Secrets {
  const store = surroundings.store("secrets-manager");
  const locked = createMutex();
  /** All of them, as they are read page by page of a list; until one of them is written. */
  let read: Promise<Secret[]> | undefined;

  /** Removes the secret first if its recovery window is over. */
  async function byName(name: string): Promise<Secret | undefined> {
    const secret = (await store.get(secretKey(name))) as Secret | undefined;
    if (!secret || !isOver(secret)) return secret;
    await remove(secret);
    return undefined;
  }

  function isOver(secret: Secret): boolean {
    return secret.deletedAt !== undefined && secret.deletedAt * 1000 <= surroundings.clock().getTime();
  }

  async function find(secretId: string): Promise<Secret | undefined> {
    const wanted = candidate(surroundings, secretId);
    if (!wanted) return undefined;
    const secret = (await store.get(secretKey(wanted.name))) as Secret | undefined;
    if (!secret || isOver(secret)) return undefined;
    return wanted.arn === undefined || wanted.arn === secret.arn ? secret : undefined;
  }

  async function remove(secret: Secret): Promise<void> {
    await store.batch([
      { type: "del", key: secretKey(secret.name) },
      ...Object.keys(secret.versions).map((id) => ({ type: "del" as const, key: valueKey(secret, id) })),
    ]);
    read = undefined;
  }

  async function readAll(): Promise<Secret[]> {
    const secrets: Secret[] = [];
    for await (const [, secret] of store.entries({ gte: secretKey(""), lt: "secret$" })) secrets.push(secret as Secret);
    return secrets;
  }

  function aloneOn<T>(name: string, work: (secret: Secret | undefined) => Promise<T>): Promise<T> {
    return locked(name, async () => work(await byName(name)));
  }

  return {
    find,
    aloneOn,
    remove,

    async alone(secretId, work) {
      const found = await find(secretId);
      if (!found) throw notFound();
      return aloneOn(found.name, (secret) => {
        // It may have been deleted, and made anew, while this call waited.
        if (secret?.arn !== found.arn) throw notFound();
        return work(secret);
      });
    },

    async save(secret, { stored, dropped = [] } = {}) {
      await store.batch([
        { type: "put", key: secretKey(secret.name), value: secret },
        ...dropped.map((id) => ({ type: "del" as const, key: valueKey(secret, id) })),
        ...(stored
          ? [{ type: "put" as const, key: valueKey(secret, stored.versionId), value: seal(secret, stored) }]
          : []),
      ]);
      read = undefined;
    },

    async value(secret, versionId) {
      const key = valueKey(secret, versionId);
      const sealed = (await store.get(key)) as string | undefined;
      return sealed === undefined ? undefined : (JSON.parse(surroundings.open(sealed, key)) as SecretValue);
    },

    async all() {
      read ??= readAll();
      const secrets = await read;
      const over = secrets.filter(isOver);
      await Promise.all(over.map(({ name }) => aloneOn(name, async () => {})));
      return secrets.filter((secret) => !over.includes(secret));
    },
  };

  function seal(secret: Secret, { versionId, value }: NonNullable<ValueChange["stored"]>): string {
    return surroundings.seal(JSON.stringify(value), valueKey(secret, versionId));
  }
}

/** `#` is in no secret's name, and `$` comes right after it. */
function secretKey(name: string): string {
  return `secret#${name}`;
}

/** Also what the value is sealed under: its secret's ARN and its version. */
function valueKey(secret: Secret, versionId: string): string {
  return `value#${secret.arn}#${versionId}`;
}
