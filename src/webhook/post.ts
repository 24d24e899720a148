import { request } from "node:https";
import { KeyturnError } from "../errors.js";

export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Authorities to trust; absent: Node's own. */
  readonly ca?: readonly string[] | undefined;
  /** For all of it, an answer's head included. */
  readonly timeoutMs?: number;
}

/** Between the 15 and 30 seconds that Standard Webhooks recommends; the function's own time-out is longer. */
const TIMEOUT_MS = 20_000;

/**
 * Sends it, and ends well for an answer of 200 to 299. By TLS alone, with the host verified; what an answer says beside
 * its status is not read, and where it points to is not gone to: so whoever answers learns what was sent, and nobody learns
 * anything by what is answered. Throws `WebhookUnreachable` or `WebhookRefused`, both to be tried again.
 */
export function post({ url, headers, body, ca, timeoutMs = TIMEOUT_MS }: Posted): Promise<void> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "https:") return Promise.reject(unreachable(hostname, { name: "Error", message: "not https" }));
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      {
        method: "POST",
        headers: { "content-type": "application/json", "user-agent": "keyturn", ...headers },
        // An environment that slept for minutes would find its connection closed.
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        ...(ca ? { ca: [...ca] } : {}),
      },
      (answer) => {
        const { statusCode = 0 } = answer;
        answer.destroy();
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(refused(hostname, statusCode));
      },
    );
    sending.on("error", ({ name, code }: NodeJS.ErrnoException) =>
      reject(unreachable(hostname, { name, ...(code ? { code } : {}), message: "not shown" })),
    );
    sending.end(body);
  });
}

function refused(host: string, status: number): KeyturnError {
  return new KeyturnError("TransientError", {
    code: "WebhookRefused",
    message: `${host} answered with ${status}, and not with 200 to 299. It is sent twice more; then it is left in the queue of dead letters.`,
  });
}

function unreachable(host: string, cause: { name: string; code?: string; message: string }): KeyturnError {
  return new KeyturnError("TransientError", {
    code: "WebhookUnreachable",
    message: `${host} could not be reached by TLS, or gave no answer in time. It is sent twice more; then it is left in the queue of dead letters.`,
    cause,
  });
}
