import { constants, createHash, publicEncrypt } from "node:crypto";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { checkServerIdentity, TLSSocket } from "node:tls";
import type { AuthPlugin, ConnectionOptions } from "mysql2/promise";
import { KeyturnError } from "../../errors.js";
import type { ConnectRequest } from "../engine.js";

/**
 * How a log-in answers what a server asks. The driver is told the SHA-1 of the password only, from which
 * `mysql_native_password` makes a proof: it could not send the password, whatever a server says. The password stands in
 * the answers below, which give it to a server whose certificate was verified, or to one that may ask for it in clear
 * text. `refusal`: what was refused; the driver makes an error of its own of it.
 */
export function authentication({ target, credential: { password }, mayAskFor }: ConnectRequest): {
  options: Pick<ConnectionOptions, "passwordSha1" | "authPlugins">;
  refusal(): KeyturnError | undefined;
} {
  let refused: KeyturnError | undefined;
  const refuse = (error: KeyturnError): never => {
    refused = error;
    throw error;
  };
  const clear = () => Buffer.from(`${password}\0`);
  const withLeave = mayAskFor === "clear text";
  const verified: Verified = (connection) => isVerified(streamOf(connection), target.host);

  /** A proof first. The server wants the password itself where it does not remember it, as after each change. */
  const cachingSha2: AuthPlugin = ({ connection }) => {
    let scramble: Buffer | undefined;
    let wantsKey = false;
    return (data) => {
      if (!scramble) {
        scramble = Buffer.from(data.subarray(0, 20));
        return sha256Proof(password, scramble);
      }
      if (wantsKey) return encrypted(clear(), scramble, data);
      if (data.equals(FAST_SUCCESS)) return null;
      if (verified(connection)) return clear();
      if (!withLeave) return refuse(passwordAskedFor("caching_sha2_password", WITHOUT_TLS));
      wantsKey = true;
      return Buffer.from([2]);
    };
  };
  const sha256: AuthPlugin = ({ connection }) => {
    let scramble: Buffer | undefined;
    return (data) => {
      if (scramble) return encrypted(clear(), scramble, data);
      if (verified(connection)) return clear();
      if (!withLeave) return refuse(passwordAskedFor("sha256_password", WITHOUT_TLS));
      scramble = Buffer.from(data.subarray(0, 20));
      return Buffer.from([1]);
    };
  };
  const clearText: AuthPlugin =
    ({ connection }) =>
    () =>
      withLeave && verified(connection) ? clear() : refuse(passwordAskedFor("mysql_clear_password", BY_LEAVE));
  const never =
    (plugin: string): AuthPlugin =>
    () =>
    () =>
      refuse(passwordAskedFor(plugin, "Keyturn never sends it that way: give the account a password of MySQL's kind."));

  return {
    options: {
      // A buffer, in spite of its type: it is hashed and XORed as it is.
      passwordSha1: sha("sha1", password) as unknown as string,
      authPlugins: {
        caching_sha2_password: cachingSha2,
        sha256_password: sha256,
        mysql_clear_password: clearText,
        mysql_old_password: never("mysql_old_password"),
        dialog: never("dialog"),
      },
    },
    refusal: () => refused,
  };
}

/** Whether the stream is TLS, verified, and with a certificate for this host: for an address the driver looks at none. */
export function isVerified(stream: Duplex, host: string): boolean {
  return (
    stream instanceof TLSSocket && stream.authorized && !checkServerIdentity(host, stream.getPeerCertificate(true))
  );
}

/** The driver's connection, whichever of its two kinds. */
export function streamOf(connection: unknown): Socket {
  const { stream, connection: core } = connection as { stream?: Socket; connection?: { stream: Socket } };
  return (stream ?? core?.stream) as Socket;
}

type Verified = (connection: unknown) => boolean;

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html */
const FAST_SUCCESS = Buffer.from([3]);

const WITHOUT_TLS =
  'It would reach whoever answers there: take "ssl": false out of the secret. Only where the network is trusted, ' +
  "set mayAskFor: clear text of the schedule in keyturn.yml.";
const BY_LEAVE =
  "Where the server asks LDAP or PAM, set mayAskFor: clear text of the schedule in keyturn.yml; TLS must be on.";

function passwordAskedFor(plugin: string, next: string): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "PasswordAskedFor",
    message: `The server asked for the password itself (${plugin}). Nothing of it was sent. ${next}`,
  });
}

function sha256Proof(password: string, scramble: Buffer): Buffer {
  const once = sha("sha256", password);
  return xor(once, sha("sha256", Buffer.concat([sha("sha256", once), scramble])));
}

/** With a key that the server gave, which nobody vouches for. */
function encrypted(clear: Buffer, scramble: Buffer, key: Buffer): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key, oaepHash: "sha1", padding }, xor(clear, scramble));
}

function xor(data: Buffer, repeated: Buffer): Buffer {
  return Buffer.from(data.map((byte, index) => byte ^ (repeated[index % repeated.length] as number)));
}

function sha(algorithm: "sha1" | "sha256", data: string | Buffer): Buffer {
  return createHash(algorithm).update(data).digest();
}
