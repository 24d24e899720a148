import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Credential, parseCredential } from "./credential.js";
import { CredentialsError, unreadable } from "./errors.js";
import { retryRejected } from "./retry.js";

export interface CredentialsOptions {
  /** The secret's name or ARN. */
  readonly secretId: string;
  /** The application's own client; otherwise one as the environment says. */
  readonly client?: SecretsManagerClient;
  /** How long a credential is used before it is read again, in ms: 5 minutes. From four fifths of it on, in the background. */
  readonly ttlMs?: number;
  /** How long the last credential is used while Secrets Manager gives none, in ms from when it was read: 1 hour. */
  readonly staleMs?: number;
  /** How long one reading may take, its retries included, in ms: 5 seconds. */
  readonly readTimeoutMs?: number;
  /** How long a login that is refused is tried again, in ms from the first refusal: 10 seconds. */
  readonly retryMs?: number;
  /** Told of each reading that failed, whether or not the last credential served. Holds no secret value. */
  readonly onReadFailed?: (error: CredentialsError) => void;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

export interface WithCredentialOptions {
  /** Whether an error of the work says that the login was refused; by the codes of pg and mysql2 unless said. */
  readonly isRejection?: (error: unknown) => boolean;
  /** Shortens `retryMs`, for a caller that waits no longer. */
  readonly retryMs?: number;
  /** Ends the retries: the refusal is thrown instead of being waited out. */
  readonly signal?: AbortSignal;
}

/** The rotating credential that a secret holds under AWSCURRENT. */
export interface Credentials {
  /**
   * The credential, from memory while it is fresh. However many ask at once, there is one call of Secrets Manager. Throws
   * `CredentialsError` when there is none that may still be used.
   */
  get(): Promise<Credential>;
  /** Reads it now. Throws `CredentialsError`, and leaves what is in memory as it was. */
  refresh(): Promise<Credential>;
  /**
   * Runs `work` with the credential. If the database refuses the login, reads the secret and runs it again, with pauses
   * while the secret has not changed; the error at the end is the database's own. Let the work log in and no more: all
   * of it is run again.
   */
  withCredential<Result>(
    work: (credential: Credential) => Result | Promise<Result>,
    options?: WithCredentialOptions,
  ): Promise<Result>;
}

interface Read {
  readonly credential: Credential;
  /** When the call began: what it gave was current then, if not later. */
  readonly at: number;
  /** Of the readings that were begun. */
  readonly number: number;
}

/** Nothing is read before somebody asks, and no timer is left behind. */
export function credentials(options: CredentialsOptions): Credentials {
  const { secretId, ttlMs = 300_000, staleMs = 3_600_000, readTimeoutMs = 5_000, retryMs = 10_000 } = options;
  const { onReadFailed = () => undefined, clock = Date.now } = options;
  let client = options.client;
  let last: Read | undefined;
  let reading: Promise<Read> | undefined;
  /** Of the last reading, if it failed. */
  let failedAt: number | undefined;
  let begun = 0;

  /** Whoever comes while a reading is under way gets its answer. */
  function read(): Promise<Read> {
    reading ??= readNow().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function readNow(): Promise<Read> {
    const at = clock();
    const number = ++begun;
    try {
      client ??= new SecretsManagerClient({});
      const { SecretString, VersionId = "" } = await answered(client, secretId, readTimeoutMs);
      last = { credential: parseCredential(SecretString, VersionId, secretId), at, number };
      failedAt = undefined;
      return last;
    } catch (thrown) {
      failedAt = clock();
      const error = thrown instanceof CredentialsError ? thrown : unreadable(secretId, thrown);
      onReadFailed(error);
      throw error;
    }
  }

  async function get(): Promise<Credential> {
    const now = clock();
    // A failure that is long past says nothing of now.
    const failing = failedAt !== undefined && now - failedAt < ttlMs ? failedAt : undefined;
    if (last && now - last.at < (failing === undefined ? ttlMs : Math.max(ttlMs, staleMs))) {
      // While Secrets Manager fails, nobody waits for it and it is not asked at every turn.
      if (failing === undefined ? now - last.at >= ttlMs * 0.8 : now - failing >= ttlMs / 60)
        void read().catch(() => undefined);
      return last.credential;
    }
    try {
      return (await read()).credential;
    } catch (error) {
      if (last && clock() - last.at < staleMs) return last.credential;
      throw error;
    }
  }

  /** What a reading gave that was begun after so many others, so that those who are refused together read once. */
  async function newerThan(earlier: number): Promise<Credential> {
    let found = last;
    while (!found || found.number <= earlier) found = await read();
    return found.credential;
  }

  return {
    get,
    refresh: async () => (await read()).credential,
    withCredential: (work, { isRejection, retryMs: patience = retryMs, signal } = {}) =>
      retryRejected({
        work,
        get,
        begun: () => begun,
        newerThan,
        clock,
        retryMs: Math.min(patience, retryMs),
        ...(isRejection ? { isRejection } : {}),
        ...(signal ? { signal } : {}),
      }),
  };
}

/** With an end: the SDK's own requests wait for as long as the network does. */
async function answered(client: SecretsManagerClient, secretId: string, timeoutMs: number) {
  const command = new GetSecretValueCommand({ SecretId: secretId });
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    return await client.send(command, { abortSignal: timeout.signal });
  } catch (error) {
    if (!timeout.signal.aborted) throw error;
    throw new CredentialsError("Unreadable", `The secret ${secretId} could not be read: no answer in ${timeoutMs} ms.`);
  } finally {
    clearTimeout(timer);
  }
}
