import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { saslprep } from "@mongodb-js/saslprep";

/** What a server of today computes with. https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SCRAM-ITERATIONS */
const ITERATIONS = 4096;

/**
 * The verifier that PostgreSQL would store for the password, computed here, so that the clear password is never in a
 * statement and so in no log of the server.
 * https://www.rfc-editor.org/rfc/rfc5803, https://www.postgresql.org/docs/current/catalog-pg-authid.html
 */
export async function scramVerifier(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  const salted = await promisify(pbkdf2)(prepared(password), salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

/** For servers whose `password_encryption` is md5. */
export function md5Verifier(username: string, password: string): string {
  return `md5${createHash("md5")
    .update(password + username)
    .digest("hex")}`;
}

/** PostgreSQL takes the password as it is where SASLprep refuses it. */
function prepared(password: string): string {
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}
