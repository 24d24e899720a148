import pg, { type Client } from "pg";
import { secureContext } from "../authorities.js";
import type { ConnectRequest } from "../engine.js";
import { connectionOf, logIn, type Proof } from "./log-in.js";

/** How a session begins. */
export interface Beginning {
  /** Settings of the session from its first moment on, which no setting of a database or a role comes before. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Logs in to a server of PostgreSQL's protocol, makes a session of the connection, or leaves none open. */
export async function openClient<Result>(
  request: ConnectRequest,
  { settings = {} }: Beginning,
  work: (client: Client, proof: Proof) => Promise<Result>,
): Promise<Result> {
  const { target, credential } = request;
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    ...(target.database ? { database: target.database } : {}),
    user: credential.username,
    password: credential.password,
    ssl: target.tls ? await tlsOptions(target.host, request.caFile) : false,
    application_name: "keyturn",
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(" "),
    connectionTimeoutMillis: request.connectTimeoutMs,
    query_timeout: request.statementTimeoutMs,
  });
  request.onSocket?.(connectionOf(client).stream);
  // Without a listener a server that goes away ends the process; whoever waits for an answer is told anyway.
  client.on("error", () => undefined);
  try {
    const proof = await logIn(client, request.mayAskFor);
    return await work(client, proof);
  } catch (error) {
    // A goodbye may be left without an answer for ever.
    connectionOf(client).stream.destroy();
    throw error;
  }
}

/** `host` is what the certificate must be for; for an address pg would otherwise have Node check `localhost`. */
async function tlsOptions(host: string, caFile: string | undefined) {
  return { host, rejectUnauthorized: true, secureContext: await secureContext(caFile) };
}
