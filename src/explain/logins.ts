import { chapter, WAIT_FIRST } from "./explanation.js";

const PAGE = "The engine's page in docs/engines has it.";

export const LOGINS = chapter(
  {
    title: "Errors of a login",
    kind: "error",
    of: "a login",
    about: "The server was reached and did not let the login in, or not as itself.",
  },
  {
    LoginRefused: [
      "The server says that the user name or the password is wrong.",
      "Of AWSCURRENT: put the password that is valid into the secret. Of the admin: rotate or mend its secret. Then rotate again.",
    ],
    AccountLocked: [
      "The login is locked by somebody's hand, whatever its password.",
      `Find out why, then unlock it. ${PAGE}`,
    ],
    LockedOut: [
      "The server locked the login after too many failed log-ins.",
      `Find out whose they were, then unlock it. ${PAGE}`,
    ],
    PasswordExpired: [
      "The password is right and has expired.",
      "Set one as an admin, store it, and rotate more often than the server's limit.",
    ],
    NotLetIn: [
      "The server does not let the login in from here, or not into this database.",
      "Look at dbname; at pg_hba.conf, or the account's host; and whether the login may log in at all.",
    ],
    OtherLogin: [
      "The server let the credential act as another login than the secret names: a proxy user, a login map.",
      "Put a login into the secret that acts as itself.",
    ],
    OtherServer: [
      "The server is MariaDB and the secret says MySQL, or the other way round.",
      "Correct engine in the secret, and in its admin secret.",
    ],
    OtherCurrentPassword: [
      "The server wants the current password with a new one, and calls another one current than the one that logged in.",
      "Set the password once as an admin, store it, then rotate again.",
    ],
    IamLogin: [
      "The user logs in by IAM, so it has no password.",
      "Take the keyturn:schedule tag off: nothing is to be rotated.",
    ],
    AuthPlugin: [
      "The user logs in in a way that the driver or the server does not have.",
      "Give it a password of the server's own kind, as the message says.",
    ],
    LoginUnsupported: [
      "The server asks for a login of a kind that Keyturn does not have. Nothing of the password was sent.",
      "Give the user a password that SCRAM-SHA-256, or on Redshift md5, can prove.",
    ],
    PasswordAskedFor: [
      "The server asks for the password itself, or a weak proof of it. Nothing of it was sent.",
      "If it is the right server: have it take SCRAM (or caching_sha2_password), or allow it by mayAskFor in the schedule.",
    ],
    NoPasswordAsked: [
      "The server lets the user in without a proof of the password, so no login proves anything.",
      "Take trust, peer or cert for this user out of pg_hba.conf.",
    ],
    ProofTooLong: [
      "The server asks for a proof of more than 100 000 rounds.",
      "Lower scram_iterations there, and set the password anew.",
    ],
    ServerUnproven: [
      "The server does not prove that it knows the password: something else may answer at that host.",
      "Find out what stands there before anything else.",
    ],
    WindowsLoginsOnly: ["SQL Server takes Windows logins only.", "Turn on SQL Server authentication."],
    LoginFailed: [
      "SQL Server did not take the login, and not because of its password.",
      `${WAIT_FIRST} the cause in the function's log has the server's number.`,
    ],
    LoginDelayed: [
      "The server answered, and then let the login wait.",
      `${WAIT_FIRST} see whether something holds a lock on the database, or code of its owner delays log-ins.`,
    ],
    UnprovenLogin: [
      "On SQL Server an admin is to change a name that may be another user in the database.",
      "See why the login may not change its own password: a trigger, a missing right.",
    ],
    AzureLogin: [
      "Azure SQL Database does not do this for logins of the server.",
      "Let application and admin be users that the database keeps itself.",
    ],
    LoginKeptElsewhere: [
      "The login is kept elsewhere than its admin, so the same name is somebody else there.",
      "Name an admin that is kept in the same place.",
    ],
    AdministrativeUser: [
      "An administrator's or Oracle's own user is not doubled, nor changed by an admin.",
      "Use a user of the application's own, or keyturn:strategy = single-user.",
    ],
    CommonUser: [
      "A user of all of Oracle's containers (C##…) changes its password in the root only.",
      "Use a user of the pluggable database, or put the root's service into dbname.",
    ],
  },
);

export const RIGHTS = chapter(
  {
    title: "Errors of a change",
    kind: "error",
    of: "a change",
    about: "The login got in, and the server does not do what is asked.",
  },
  {
    PermissionDenied: [
      "The database user may not do this, or what it is about is not there.",
      `Grant what user and admin need. ${PAGE}`,
    ],
    PasswordCommandsRestricted: [
      "On RDS only members of rds_password may change passwords.",
      "Name an admin who is one in masterarn.",
    ],
    NoPasswordOfItsOwn: ["The account cannot change its password by itself.", "Name an admin in masterarn."],
    PasswordRefused: [
      "The server's password policy refuses the new password.",
      "Set keyturn:password-length and the exclude tags to what the policy wants; on Oracle a limit on reuse is refused as well.",
    ],
    PasswordUnusable: [
      "Oracle takes no such password.",
      "Let Keyturn make the password; take a double quote out of one of your own.",
    ],
    VerifyFunctionMissing: [
      "The Oracle profile's password verify function does not exist.",
      "Make it, or take it out of the profile.",
    ],
    NoDualPassword: [
      "The engine has no second password for a login.",
      "Tag the secret keyturn:strategy = alternating-users or single-user.",
    ],
    NoRolloverTime: [
      "The Oracle profile lets no two passwords be valid at once.",
      "Set PASSWORD_ROLLOVER_TIME, as the message says.",
    ],
    InRollover: [
      "The Oracle user has two passwords already, and its profile does not let the current one be set again.",
      "Run the statement in the message as an admin, or wait until the rollover has ended.",
    ],
    ServerTooOld: [
      "The server's version does not have what this needs.",
      "Upgrade it, or tag the secret keyturn:strategy = single-user.",
    ],
    RefusedByTrigger: [
      "Code on the server, a trigger for one, refuses this.",
      "Ask its owner; the cause in the function's log has what it says.",
    ],
    UnknownUser: [
      "The database user does not exist, or exists where it must not.",
      "Correct username in the secret, or make the user.",
    ],
    UserExists: ["A user or a role of that name exists already.", "See whose it is before anything is dropped."],
    RoleExists: ["A role of that name exists already.", "See whose it is before anything is dropped."],
    UnknownRole: ["A role does not exist.", `Make it. ${PAGE}`],
    UnknownCollection: ["A collection does not exist.", "Correct the probe, or make it."],
    UnknownDatabase: [
      "The database does not exist, or the login may not enter it.",
      "Correct dbname in the secret, or let the login in.",
    ],
    Superuser: [
      "The login may do everything on its server, so no admin changes it and it is not cloned.",
      "Take masterarn out of its secret and tag it keyturn:strategy = single-user.",
    ],
    NotImplemented: ["The server does not have what this needs.", "Use another strategy, or a newer server."],
    NotOnAzure: ["Azure SQL Database does not have what this needs.", PAGE],
    AccountUnknown: [
      "MariaDB describes the account in a form that Keyturn does not know.",
      "Tag the secret keyturn:strategy = single-user without an admin, and please report it.",
    ],
    GrantUnknown: [
      "A grant is of a form that Keyturn does not know, so it cannot tell what it gives.",
      "Tag the secret keyturn:strategy = single-user, and please report it.",
    ],
    SeveralAccounts: [
      "The user name has an account for more than one host, which may be different people's.",
      "If they are one login, say so by the statement in the message; if not, rotate without an admin.",
    ],
    ReaderEndpoint: ["The server is a read-only replica.", "Put the writer's end point into the secret as host."],
    DatabaseTriggers: [
      "The SQL Server database has triggers that would run in the admin's session.",
      "Take them off, or tag the secret keyturn:strategy = single-user.",
    ],
    TrustworthyDatabase: [
      "The SQL Server trusts what runs in this database (TRUSTWORTHY).",
      "Turn it off there, or tag the secret keyturn:strategy = single-user.",
    ],
    UnknownPermission: [
      "The SQL Server user has a permission that cannot be given to a clone.",
      "Tag the secret keyturn:strategy = single-user.",
    ],
  },
);

export const PAIRS = chapter(
  {
    title: "Errors of a pair of users",
    kind: "error",
    of: "a pair",
    about:
      "With alternating users a login has a clone. Which two are a pair is known by a mark, because names alone may lie.",
  },
  {
    AmbiguousPair: [
      "The login may be the clone of another that exists.",
      "Mark the pair with the statement in the message, or use another strategy.",
    ],
    CloneMissing: [
      "The clone must be there for this, and is not.",
      "Make it, as the message says, or rotate without keyturn:grants = keep.",
    ],
    CloneNameTaken: [
      "A login of the clone's name exists and is not marked as a clone.",
      "If it is the clone, mark it with the statement in the message; if not, rename one of the two.",
    ],
    BaseNotMarked: [
      "The clone is there, but nothing says that this login is its base.",
      "If it is, mark it with the statement in the message; if not, drop the clone.",
    ],
    BaseCannotLogIn: [
      "A person barred the base from logging in.",
      "When it is known why, let it in with the statement in the message.",
    ],
    BaseOwnsObjects: [
      "The base's schema has objects, and its clone would have an empty one.",
      "Use keyturn:strategy = dual-password, or keep the objects in a schema that nobody logs in to.",
    ],
    CloneOwnsObjects: [
      "The clone owns objects that it could no longer use.",
      "Hand them over with the statement in the message.",
    ],
    CloneInUse: [
      "The clone is to be given rights on objects, and has sessions or code that could use them before they are looked at again.",
      "End its sessions, drop its objects, or grant the base its rights by a role; then rotate again.",
    ],
    RightsMoved: [
      "While the clone was made like its base it came to lack rights: an object was dropped, or another put in its place.",
      "Nothing: it is tried again by itself. Where it goes on, find out who does that, by the names in the message.",
    ],
    ObjectExchanged: [
      "While the clone was given its rights it came to have others, which were taken back: an object was put in another's place.",
      "Find out who did that, by the names in the message; then rotate again, which lets the clone in.",
    ],
    CloneShared: ["Others may act as the clone, and could act as its base by it.", "Run the REVOKE in the message."],
    DatabaseOwner: [
      "The login owns the database, which no clone can.",
      "Give the database to another, or use keyturn:strategy = single-user.",
    ],
    NoPair: [
      "Create did not say which two users take turns: a fault in Keyturn.",
      "Please report it, with the execution's history.",
    ],
  },
);
