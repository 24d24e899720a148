import { randomBytes } from "node:crypto";
import { keptFile } from "../disk/private-file.js";

/** What a request is signed with. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A function's key is temporary, as on AWS, and counts with its token only. */
  readonly sessionToken?: string;
}

/**
 * The root's key, made at random at the first start and kept in `file` (mode 600), in the form of AWS's own credentials
 * file, so that `AWS_SHARED_CREDENTIALS_FILE` may name it. Throws where others may read it, and where it has no key.
 */
export function rootKey(file: string): AccessKey {
  const text = keptFile(file, "The root's access key", () => {
    const { accessKeyId, secretAccessKey } = freshKey("AKIA");
    return `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  }).toString("utf8");
  const [, accessKeyId] = /^aws_access_key_id = (\w{16,128})$/m.exec(text) ?? [];
  const [, secretAccessKey] = /^aws_secret_access_key = (\S{32,})$/m.exec(text) ?? [];
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  throw new Error(`${file} holds no access key. Remove it: the next start makes a new one.`);
}

/** A temporary key, which is on no disk. */
export function temporaryKey(): Required<AccessKey> {
  return { ...freshKey("ASIA"), sessionToken: randomBytes(48).toString("base64url") };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
function freshKey(prefix: "AKIA" | "ASIA"): AccessKey {
  return {
    accessKeyId: prefix + randomBytes(8).toString("hex").toUpperCase(),
    // No + and no /, so that it stands unquoted in any shell.
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
}
