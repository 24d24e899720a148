import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { keptFile } from "./private-file.js";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 4;

/** The local stand-in for a KMS key: AES-256-GCM. */
export interface MasterKey {
  /** Seals `plaintext`; the same text sealed twice gives two different results. */
  seal(plaintext: string, context: string): string;
  /** Throws when `sealed` is of another key or another `context`, or was changed. */
  open(sealed: string, context: string): string;
}

/**
 * Reads the key from `file`, or makes a new one there on first use (mode 600). Throws when the file has another size,
 * belongs to another user, or when anyone but its owner may read or write it.
 */
export function openMasterKey(file: string): MasterKey {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const key = keptFile(file, "The master key", () => randomBytes(KEY_BYTES));
  if (key.length !== KEY_BYTES) {
    throw new Error(`The master key ${file} has ${key.length} bytes, not ${KEY_BYTES}. Put the right file back.`);
  }
  const keyId = createHash("sha256").update("keyturn-key-id").update(key).digest().subarray(0, KEY_ID_BYTES);

  return {
    seal(plaintext, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
      return Buffer.concat([keyId, iv, cipher.getAuthTag(), text]).toString("base64");
    },

    open(sealed, context) {
      const bytes = Buffer.from(sealed, "base64");
      if (!bytes.subarray(0, KEY_ID_BYTES).equals(keyId)) {
        throw new Error(
          `This data was sealed under another key than ${file}. Put the key it was made with back there.`,
        );
      }
      const iv = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES);
      const tag = bytes.subarray(KEY_ID_BYTES + IV_BYTES, KEY_ID_BYTES + IV_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(tag);
        const text = decipher.update(bytes.subarray(KEY_ID_BYTES + IV_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString("utf8");
      } catch {
        throw new Error(`Sealed data was changed, or belongs to something else than ${context}.`);
      }
    },
  };
}
