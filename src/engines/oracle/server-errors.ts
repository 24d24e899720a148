import {
  ACCOUNT_LOCKED,
  AGAIN,
  CONNECTION_LOST,
  LOCKED,
  LOGIN_REFUSED,
  OTHER_CURRENT,
  PASSWORD_EXPIRED,
  PASSWORD_REFUSED,
  PERMISSION_DENIED,
  READER_ENDPOINT,
  type Row,
  STATEMENT_TIMEOUT,
  TOO_MANY_CONNECTIONS,
  TRY_AGAIN,
  UNKNOWN_USER,
  USER_EXISTS,
} from "../error-rows.js";

export const NO_DATABASE: Row = [
  "InvalidSecretError",
  "UnknownDatabase",
  'The listener knows no such service, and no such SID. Look at "dbname" in the secret; a database that is just starting is not known either.',
];
const STARTING: Row = ["TransientError", "ServerStarting", `The server is starting or stopping. ${AGAIN}`];
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
  1017: LOGIN_REFUSED,
  1005: LOGIN_REFUSED,
  28008: OTHER_CURRENT,
  // Who may not ALTER USER must name the old password.
  28221: PERMISSION_DENIED,
  28000: ACCOUNT_LOCKED,
  28001: PASSWORD_EXPIRED,
  1045: [
    "AccessDeniedError",
    "PermissionDenied",
    "The password is right, but the user may not log in. Grant it: GRANT CREATE SESSION TO …",
  ],
  12514: NO_DATABASE,
  12505: NO_DATABASE,
  12154: NO_DATABASE,
  1031: PERMISSION_DENIED,
  942: PERMISSION_DENIED,
  1720: PERMISSION_DENIED,
  1927: PERMISSION_DENIED,
  1929: PERMISSION_DENIED,
  1932: PERMISSION_DENIED,
  41900: PERMISSION_DENIED,
  28003: PASSWORD_REFUSED,
  28206: PASSWORD_REFUSED,
  28219: PASSWORD_REFUSED,
  988: PASSWORD_REFUSED,
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
  1918: UNKNOWN_USER,
  1919: ["InvalidSecretError", "UnknownRole", "A role does not exist."],
  1920: USER_EXISTS,
  1921: ["ConflictError", "RoleExists", "A user or a role of that name exists already."],
  65066: [
    "UnsupportedError",
    "CommonUser",
    "A user of all containers (C##…) changes its password in the root only. Use a user of the pluggable database, or put the " +
      'root\'s service into the secret as "dbname".',
  ],
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
  18: TOO_MANY_CONNECTIONS,
  20: TOO_MANY_CONNECTIONS,
  2391: TOO_MANY_CONNECTIONS,
  12516: TOO_MANY_CONNECTIONS,
  12518: TOO_MANY_CONNECTIONS,
  12519: TOO_MANY_CONNECTIONS,
  12520: TOO_MANY_CONNECTIONS,
  3113: CONNECTION_LOST,
  3114: CONNECTION_LOST,
  3135: CONNECTION_LOST,
  12537: CONNECTION_LOST,
  12547: CONNECTION_LOST,
  12570: CONNECTION_LOST,
  28: CONNECTION_LOST,
  1012: CONNECTION_LOST,
  2396: CONNECTION_LOST,
  54: LOCKED,
  4021: LOCKED,
  30006: LOCKED,
  60: TRY_AGAIN,
  8177: TRY_AGAIN,
  1013: STATEMENT_TIMEOUT,
  16000: READER_ENDPOINT,
  28009: ADMINISTRATIVE,
  28227: ADMINISTRATIVE,
  28040: OLD_VERIFIER,
  12660: ENCRYPTION,
};
