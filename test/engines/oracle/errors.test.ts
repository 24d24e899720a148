import { describe, expect, it } from "vitest";
import { classify } from "../../../src/engines/oracle/errors.js";

/** As the thin driver gives a server's error: lib/thin/protocol/protocol.js (_raiseException). */
function ora(errorNum: number, ...below: string[]) {
  const code = `ORA-${String(errorNum).padStart(5, "0")}`;
  return Object.assign(new Error([`${code}: text`, ...below].join("\n")), { code, errorNum });
}

/** The driver's own: lib/errors.js (getErr). */
function njs(code: string, text = "text") {
  return Object.assign(new Error(`${code}: ${text}`), { code });
}

/** https://docs.oracle.com/error-help/db/ora-<number>/ */
describe("an error of the server", () => {
  it.each([
    [1017, "CredentialRejectedError", "LoginRefused"],
    [28008, "ConflictError", "OtherCurrentPassword"],
    [28000, "ConflictError", "AccountLocked"],
    [28001, "ConflictError", "PasswordExpired"],
    [28221, "AccessDeniedError", "PermissionDenied"],
    [1045, "AccessDeniedError", "PermissionDenied"],
    [1031, "AccessDeniedError", "PermissionDenied"],
    [942, "AccessDeniedError", "PermissionDenied"],
    [41900, "AccessDeniedError", "PermissionDenied"],
    [28007, "InvalidSecretError", "PasswordRefused"],
    [28219, "InvalidSecretError", "PasswordRefused"],
    [972, "InvalidSecretError", "NameTooLong"],
    [1918, "InvalidSecretError", "UnknownUser"],
    [1920, "ConflictError", "UserExists"],
    [1921, "ConflictError", "RoleExists"],
    [1033, "TransientError", "ServerStarting"],
    [1034, "TransientError", "ServerStarting"],
    [60, "TransientError", "TryAgain"],
    [54, "TransientError", "Locked"],
    [2391, "TransientError", "TooManyConnections"],
    [1013, "TransientError", "StatementTimeout"],
    [16000, "UnsupportedError", "ReaderEndpoint"],
    [28009, "UnsupportedError", "AdministrativeUser"],
    [28227, "UnsupportedError", "AdministrativeUser"],
    [28040, "UnsupportedError", "AuthPlugin"],
    [65066, "UnsupportedError", "CommonUser"],
    [65096, "UnsupportedError", "CommonUser"],
  ])("ORA-%i is %s %s", (number, name, code) => {
    expect(classify(ora(number))).toMatchObject({ name, code });
  });

  it("leaves one that it does not know to the guard", () => {
    expect(classify(ora(6553))).toBeUndefined();
    expect(classify(new Error("text"))).toBeUndefined();
    expect(classify(undefined)).toBeUndefined();
  });

  it("is a password's refusal only when a verify function refused it", () => {
    const refused = { name: "InvalidSecretError", code: "PasswordRefused" };
    expect(classify(ora(28003, "ORA-20001: Password length less than 8"))).toMatchObject(refused);
    expect(classify(ora(28003))).toMatchObject(refused);
    const byTrigger = { name: "AccessDeniedError", code: "RefusedByTrigger" };
    expect(classify(ora(20001, "ORA-06512: at line 3"))).toMatchObject(byTrigger);
    expect(classify(ora(604, "ORA-20999: no DDL by day"))).toMatchObject(byTrigger);
    expect(classify(ora(604, "ORA-01031: insufficient privileges"))).toMatchObject({ code: "PermissionDenied" });
  });

  it("is not told by names and words in it that others chose", () => {
    expect(classify(ora(6553, "ORA-01031: a name"))).toBeUndefined();
    expect(classify(ora(1918, "user 'ORA-01031' does not exist"))).toMatchObject({ code: "UnknownUser" });
    expect(classify(ora(604, "a line with ORA-01017 in it", "ORA-20001: no"))).toMatchObject({
      code: "RefusedByTrigger",
    });
  });
});

describe("an error of the driver", () => {
  it.each([
    ["NJS-518", "", "InvalidSecretError", "UnknownDatabase"],
    ["NJS-519", "", "InvalidSecretError", "UnknownDatabase"],
    ["NJS-511", "refused\nCause: ORA-12528", "TransientError", "ServerStarting"],
    ["NJS-511", "refused\nCause: ORA-12505", "InvalidSecretError", "UnknownDatabase"],
    ["NJS-511", "refused\nCause: refused", "TransientError", "ConnectionRefused"],
    ["NJS-500", "closed\nORA-03113: end-of-file", "TransientError", "ConnectionLost"],
    ["NJS-500", "closed\nNJS-501: lost\nread ECONNRESET", "TransientError", "ConnectionLost"],
    [
      "NJS-503",
      "no (CONNECTION_ID=ENOTFOUND)\nconnect EHOSTUNREACH 10.0.0.1:1521",
      "TransientError",
      "HostUnreachable",
    ],
    ["NJS-503", "no\nsomething else", "TransientError", "ConnectionLost"],
    ["NJS-510", "timed out", "TransientError", "ConnectTimeout"],
    ["NJS-530", "", "TransientError", "HostNotFound"],
    ["NJS-123", "", "TransientError", "StatementTimeout"],
    ["NJS-116", "", "UnsupportedError", "AuthPlugin"],
    ["NJS-138", "", "UnsupportedError", "ServerTooOld"],
    ["NJS-533", "negotiation failed.\nCause: ORA-12660", "UnsupportedError", "NativeEncryptionRequired"],
    ["NJS-509", "", "UnsupportedError", "NotOracle"],
    ["NJS-505", "", "UnsupportedError", "CaFileInvalid"],
    ["NJS-506", "TLS\nself-signed certificate in certificate chain", "UnsupportedError", "CertificateUntrusted"],
    ["NJS-506", "TLS\ncertificate has expired", "UnsupportedError", "CertificateExpired"],
    ["NJS-506", "TLS\nNJS-508: x not present in certificate", "UnsupportedError", "CertificateForOtherHost"],
    ["NJS-506", "TLS\nread ECONNRESET", "TransientError", "ConnectionLost"],
    ["NJS-506", "TLS\nwrong version number", "UnsupportedError", "TlsFailed"],
    ["NJS-514", "", "InvalidSecretError", "MalformedTarget"],
  ])("%s (%j) is %s %s", (driverCode, text, name, code) => {
    expect(classify(njs(driverCode, text))).toMatchObject({ name, code });
  });

  it("is looked for in what another wraps", () => {
    const cause = Object.assign(new Error("read"), { code: "ECONNRESET" });
    expect(classify(new Error("outer", { cause }))).toMatchObject({ code: "ConnectionLost" });
    expect(classify(new AggregateError([ora(1017)], "all"))).toMatchObject({ code: "LoginRefused" });
    expect(classify({ code: "CERT_HAS_EXPIRED" })).toMatchObject({ code: "CertificateExpired" });
  });
});
