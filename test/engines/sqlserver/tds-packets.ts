/** https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/e5ea8520-1ea3-4a75-a2a9-c17e63e9ee19 (packet headers) */
export const PRELOGIN = 18;
export const LOGIN = 16;
export const BATCH = 1;
export const RPC = 3;
export const ATTENTION = 6;

/** Bytes before what a packet carries. */
export const HEADER = 8;

/** Tokens as one packet. */
export function packet(...tokens: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(tokens);
  const header = Buffer.from([4, 1, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(HEADER + payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** The answer to a greeting, with what it says of encryption, once or more often. …/ms-tds/60f56408-0188-4cd5-8b90-25c6f2423868 */
export function greeting(...encryption: readonly number[]): Buffer {
  const version = 5 * (encryption.length + 1) + 1;
  const options = encryption.flatMap((_, index) => [1, 0, version + 6 + index, 0, 1]);
  return packet(Buffer.from([0, 0, version, 0, 6, ...options, 0xff, 16, 0, 0, 0, 0, 0, ...encryption]));
}

export const OFF = 0;
export const ON = 1;
export const NOT_SUPPORTED = 2;
export const REQUIRED = 3;
