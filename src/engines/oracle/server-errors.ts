import type { Classification } from "../engine.js";

export type Row = readonly [name: Classification["name"], code: string, message: string];

const AGAIN = "It is tried again by itself.";
export const LOST: Row = ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`];
const BUSY: Row = ["TransientError", "TooManyConnections", `The server takes no more connections just now. ${AGAIN}`];
const STARTING: Row = ["TransientError", "ServerStarting", `The server is starting or stopping. ${AGAIN}`];
const LOCKED: Row = ["TransientError", "Locked", `Something holds a lock. ${AGAIN}`];
export const SLOW: Row = ["TransientError", "StatementTimeout", `A statement took too long. ${AGAIN}`];
const REJECTED: Row = ["CredentialRejectedError", "LoginRefused", "The server refuses the user name or the password."];
const DENIED: Row = [
  "AccessDeniedError",
  "PermissionDenied",
  "The database user may not do this. docs/engines has the rights that user and admin need, as statements.",
];
const REFUSED: Row = [
  "InvalidSecretError",
  "PasswordRefused",
  "The password policy of the user's profile refuses the password. Look at the secret's keyturn:password-length and exclude tags.",
];
export const NO_DATABASE: Row = [
  "InvalidSecretError",
  "UnknownDatabase",
  'The listener knows no such service, and no such SID. Look at "dbname" in the secret; a database that is just starting is not known either.',
];
const ADMINISTRATIVE: Row = [
  "UnsupportedError",
  "AdministrativeUser",
  "Oracle does not do this for administrators' users (SYS, SYSDBA and the like). Use a user of the application's own.",
];
export const OLD_VERIFIER: Row = [
  "UnsupportedError",
  "AuthPlugin",
  "The server has no form of the password that the driver can log in with. Set it anew, so that the server makes one (DBA_USERS.PASSWORD_VERSIONS: 11G or 12C).",
];
export const ENCRYPTION: Row = [
  "UnsupportedError",
  "NativeEncryptionRequired",
  "The server insists on Oracle's native network encryption, which the thin driver does not have. Use TLS (RDS: the option SSL, port 2484).",
];

/** What a server's own code raises, in a trigger for one: it was no verify function, of which ORA-28003 tells. */
export const TRIGGER: Row = [
  "AccessDeniedError",
  "RefusedByTrigger",
  "Code on the server (a trigger, a procedure) refuses this. The cause in the function's log has what it says.",
];

/** Each is explained at https://docs.oracle.com/error-help/db/ora-<number>/ */
export const NUMBERS: Readonly<Record<number, Row>> = {
  1017: REJECTED,
  1005: REJECTED,
  28008: [
    "CredentialRejectedError",
    "LoginRefused",
    "The server wants the current password, and the one given is not it.",
  ],
  28221: ["CredentialRejectedError", "LoginRefused", "The server wants the current password with a new one."],
  28000: [
    "CredentialRejectedError",
    "AccountLocked",
    "The account is locked. Unlock it, when it is known why: ALTER USER … ACCOUNT UNLOCK.",
  ],
  28001: ["CredentialRejectedError", "PasswordExpired", "The user's password has expired. Set one as an admin."],
  1045: [
    "AccessDeniedError",
    "PermissionDenied",
    "The password is right, but the user may not log in. Grant it: GRANT CREATE SESSION TO …",
  ],
  12514: NO_DATABASE,
  12505: NO_DATABASE,
  12154: NO_DATABASE,
  1031: DENIED,
  942: DENIED,
  1720: DENIED,
  1927: DENIED,
  1929: DENIED,
  1932: DENIED,
  41900: DENIED,
  28003: REFUSED,
  28206: REFUSED,
  28219: REFUSED,
  988: REFUSED,
  28007: [
    "InvalidSecretError",
    "PasswordRefused",
    "The user has had this password before, and its profile limits that (PASSWORD_REUSE_TIME, PASSWORD_REUSE_MAX). Give it a profile without those limits: Keyturn's passwords are random.",
  ],
  972: ["InvalidSecretError", "NameTooLong", "The user name or the password is longer than the server takes."],
  7443: [
    "UnsupportedError",
    "VerifyFunctionMissing",
    "The profile's password verify function does not exist. Make it, or take it out of the profile.",
  ],
  1918: ["InvalidSecretError", "UnknownUser", "The database user does not exist."],
  1919: ["InvalidSecretError", "UnknownRole", "A role does not exist."],
  1920: ["ConflictError", "UserExists", "A user or a role of that name exists already."],
  1921: ["ConflictError", "RoleExists", "A user or a role of that name exists already."],
  65096: [
    "UnsupportedError",
    "CommonUser",
    'In the root of a container database no such user can be made. Put a pluggable database\'s service into the secret as "dbname".',
  ],
  1033: STARTING,
  1034: STARTING,
  1089: STARTING,
  1090: STARTING,
  1109: STARTING,
  12526: STARTING,
  12527: STARTING,
  12528: STARTING,
  18: BUSY,
  20: BUSY,
  2391: BUSY,
  12516: BUSY,
  12518: BUSY,
  12519: BUSY,
  12520: BUSY,
  3113: LOST,
  3114: LOST,
  3135: LOST,
  12537: LOST,
  12547: LOST,
  12570: LOST,
  28: LOST,
  1012: LOST,
  2396: LOST,
  54: LOCKED,
  4021: LOCKED,
  30006: LOCKED,
  60: ["TransientError", "TryAgain", `Another transaction was in the way. ${AGAIN}`],
  8177: ["TransientError", "TryAgain", `Another transaction was in the way. ${AGAIN}`],
  1013: SLOW,
  16000: [
    "UnsupportedError",
    "ReaderEndpoint",
    'The database is open read-only, a replica. Put the primary\'s end point into the secret as "host".',
  ],
  28009: ADMINISTRATIVE,
  28227: ADMINISTRATIVE,
  28040: OLD_VERIFIER,
  12660: ENCRYPTION,
};
