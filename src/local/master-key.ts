import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

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
 * or when anyone but its owner may read or write it.
 */
export function openMasterKey(file: string): MasterKey {
  const key = readKey(file) ?? createKey(file);
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

function readKey(file: string): Buffer | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (stats.mode & 0o077) {
    throw new Error(`The master key ${file} is open to others than its owner. Run: chmod 600 ${file}`);
  }
  if (stats.size !== KEY_BYTES) {
    throw new Error(`The master key ${file} has ${stats.size} bytes, not ${KEY_BYTES}. Put the right file back.`);
  }
  return readFileSync(file);
}

/** Written aside and linked into place, so that a crash leaves no half key and two processes end with the same one. */
function createKey(file: string): Buffer {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(aside, randomBytes(KEY_BYTES), { mode: 0o600, flush: true });
    chmodSync(aside, 0o600);
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return readKey(file) as Buffer;
}
