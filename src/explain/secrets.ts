import { chapter } from "./explanation.js";

const AGAIN = "Run it dry, then rotate it again.";

export const SECRETS = chapter(
  {
    title: "Errors of the secret, its tags and the request",
    kind: "error",
    of: "a secret",
    about: "Nothing was changed. Whoever owns the secret, or asked, can mend these.",
  },
  {
    BinarySecret: [
      "The secret's value is binary.",
      "Store it as text: a JSON object with engine, host, username and password.",
    ],
    EmptySecret: ["The secret's value is empty.", "Store a JSON object with engine, host, username and password."],
    NotJson: ["The secret's value is no JSON object.", "Store a JSON object with engine, host, username and password."],
    MissingKey: [
      "The secret lacks a key that its engine or strategy needs: engine, host, username, password; dbname for Oracle; masterarn for alternating users.",
      "Put the key that the message names into the secret.",
    ],
    WrongType: ["A key of the secret has a value of the wrong type.", "Store a string; for ssl true or false."],
    InvalidHost: [
      "The secret's host is no bare host name or address.",
      "Take port, scheme and path out of it; the port has a key of its own.",
    ],
    InvalidPort: [
      "The secret's port is no whole number from 1 to 65535.",
      "Correct it, or take it out for the engine's own.",
    ],
    MalformedTarget: [
      "Host, port or dbname of the secret have characters that do not belong there.",
      "Store the bare names.",
    ],
    MalformedName: ["The user name is none that Oracle can have.", "Correct username in the secret."],
    UnknownEngine: ["The secret's engine is none that Keyturn knows.", "Use one that the message lists."],
    UsernameTooLong: [
      "The user name, or the clone's that would be made of it, is longer than the database takes.",
      "Use a shorter user name, or a strategy that needs no second one: keyturn:strategy = single-user.",
    ],
    NameTooLong: [
      "The user name or the password is longer than the server takes.",
      "Use shorter ones: the tag keyturn:password-length for the password.",
    ],
    PasswordCopy: [
      "A key of the secret, such as a connection string, holds the password a second time in a form that cannot be renewed.",
      "Take that key out, or write it as a URL or as parameters, without quotes in them.",
    ],
    SecretTooLarge: ["The next value would be larger than Secrets Manager takes.", "Take something out of the secret."],
    PasswordPolicyImpossible: [
      "No password can be made by the secret's tags within what the engine takes.",
      "Loosen keyturn:password-length or the exclude tags, as the message says.",
    ],
    UnknownTag: [
      "A tag that begins with keyturn: means nothing. It may be misspelt.",
      "Correct it; the message lists those that are known.",
    ],
    WrongTag: ["A keyturn: tag has a value that means nothing.", "Correct it, as the message says."],
    ReaderNotAllowed: [
      "The tag keyturn:readers names a host that the deployment does not allow. Nobody logged in there.",
      'Add a pattern for it under "readers" in keyturn.yml and deploy, or correct the tag.',
    ],
    ConsumerNotAllowed: [
      "The tag keyturn:consumers names a consumer that the deployment does not declare for a secret of this name.",
      'Declare it under "consumers" in keyturn.yml and deploy, or correct the tag.',
    ],
    ProxyHost: [
      "The secret's host is an end point of RDS Proxy, which checks passwords against secrets and not against the database.",
      "Put the database's own end point into the secret; docs/rds-proxy.md says how applications go on through the proxy.",
    ],
    ProxyReader: [
      "The tag keyturn:readers names an end point of RDS Proxy.",
      "Name the database's own reader end point.",
    ],
    SecretDeleted: ["The secret is scheduled for deletion.", "Restore it, or take its keyturn:schedule tag off."],
    ServiceOwned: [
      "A service of AWS's owns the secret and rotates it by itself.",
      "Take its keyturn:schedule tag off.",
    ],
    ReplicaSecret: ["The secret is a replica.", "Rotate the original, in the region that the message names."],
    NativeRotationOn: [
      "Secrets Manager rotates the secret by a function that is not Keyturn's, and two would undo each other.",
      "Take it over: npx keyturn adopt <secret> --schedule <schedule>. Or turn the other off.",
    ],
    InvalidRequest: [
      "The request, or an execution's input, cannot be understood.",
      "Correct what the message names, and ask again.",
    ],
    SharedLogin: [
      "Another secret rotates the same login on the same server, or logs in by it as an admin.",
      "Give one of the two a user of its own, or take its keyturn:schedule tag off.",
    ],
    ProbeFailed: [
      "A statement of the secret's keyturn:probe tag failed in the database, which let the login in.",
      "Run it as the login to see why; mend the login's rights, or the tag.",
    ],
    ProbeRefused: [
      "A statement of the secret's keyturn:probe tag does more than read.",
      "Make it one query that reads; put what it needs into a view.",
    ],
  },
);

export const ADMINS = chapter(
  {
    title: "Errors of the admin secret",
    kind: "error",
    of: "an admin secret",
    about: "What `masterarn` names does not let itself be used for this secret.",
  },
  {
    AdminNotOffered: [
      "The admin secret's owner has not said that this secret may name it.",
      "The owner tags the admin secret keyturn:admin with the beginning of this secret's name, or lists it under admins in keyturn.yml.",
    ],
    AdminOfOtherAccount: [
      "The secret and the admin secret that it names are of two accounts, or it names one by its name from another account.",
      "Name the ARN of an admin secret of the secret's own account in masterarn: each account decides on its own admins.",
    ],
    AdminMismatch: [
      "The secret and its admin secret name different servers.",
      "Write host, port, engine and ssl alike in both.",
    ],
    AdminItself: [
      "The login is the admin's own, which it does not change for another secret.",
      "Name another admin, or none.",
    ],
    OwnAdmin: ["The secret names itself in masterarn.", "Name the secret of an admin, or none."],
    SuperuserAdmin: [
      "The admin may do everything on its server, so whatever misled Keyturn could do it too.",
      "Give it the rights that its engine's page in docs/engines names and no more, or accept it by ARN in keyturn.yml (admins: superuser: true).",
    ],
    AdminLacksRight: [
      "The admin may not manage this login.",
      "Run what the message says; its engine's page in docs/engines has the rights.",
    ],
    ManagedServerGone: [
      "The server that AWS manages the admin secret for is not there.",
      "Name another admin secret in masterarn.",
    ],
    NoAdmin: [
      "A plan that needs an admin names none: a fault in Keyturn.",
      "Please report it, with the execution's input.",
    ],
  },
);

export const VERSIONS = chapter(
  {
    title: "Errors of versions and labels",
    kind: "error",
    of: "a version",
    about: "Somebody, or another rotation, moved what this one worked on.",
  },
  {
    CurrentMoved: [
      "AWSCURRENT was moved to another version while the rotation was under way.",
      `See who did it, in CloudTrail. ${AGAIN}`,
    ],
    CurrentRejected: [
      "The database refuses what stands under AWSCURRENT: somebody changed the password in the database, or the secret.",
      "At once: applications are refused as well. Put the password that is valid into the secret, then rotate it.",
    ],
    PendingGone: ["The version that the rotation had made is gone.", AGAIN],
    ForeignPending: [
      "AWSPENDING is on a version that is not for this login and its server. Nothing of it was used.",
      "If nobody needs it, take the label off with the command in the message; then rotate again.",
    ],
    StoredBefore: [
      "The version that Secrets Manager waits for held a value before this one was stored: of a try that died, or of somebody else.",
      "Rotate the secret again; if it comes back, see in CloudTrail who stores it.",
    ],
    PreviousGone: [
      "The version whose credential was to be retired is gone, so nobody can say which credential it held.",
      "Look in the database whether the old user or password is still valid.",
    ],
    RestoreNotAllowed: [
      "The deployment lets no credential be brought back, because who knew it would get in again.",
      "Say restore: true in keyturn.yml and deploy, if operators may; or rotate the secret.",
    ],
    NothingToRestore: [
      "No record says that AWSPREVIOUS is a credential of this login, so it was not brought back.",
      "Rotate the secret to get a new credential.",
    ],
    PreviousRetired: [
      "The credential before was given up on purpose, as one that leaked is, so it was not brought back.",
      "Rotate the secret to get a new credential.",
    ],
    PreviousChanged: [
      "AWSPREVIOUS, or AWSCURRENT, was stored since the rotation that proved it, so nothing of it was used.",
      "Look in CloudTrail for who stored it. Rotate the secret to get a new credential.",
    ],
    RestoreUnsupported: [
      "With dual password the credential before cannot be brought back; until it is retired, it is valid beside the current one.",
      "Have applications use AWSPREVIOUS meanwhile, or rotate the secret.",
    ],
    ForeignPrevious: [
      "What stands under AWSPREVIOUS is not the other credential of this login.",
      "Look at both versions; if the old credential is still valid, take it away in the database.",
    ],
    ReplicasOutOfSync: [
      "Replica regions have not taken the newest version. The database is not changed until they have.",
      "Look at the secret's ReplicationStatus; mend what it says of the region, such as its KMS key, and replicate again.",
    ],
    LockHeld: [
      "A rotation held the secret's lock for two hours, or died and was not brought to rest, so the old credential was not retired.",
      "Look at the secret's rotations, then rotate it: that leaves this credential behind, too.",
    ],
    Retired: ["The old credential was made useless, and the database refuses it.", "Nothing."],
    RetirementFailed: [
      "A retirement failed, and no error says of what.",
      "Look at its record, and at the execution's history; then rotate the secret.",
    ],
    StillValid: [
      "The database still lets the old credential in after it was retired.",
      "See how the database authenticates that user, and whether somebody set the password again. Rotate the secret afterwards.",
    ],
    CurrentLost: [
      "While the old credential was retired, the one under AWSCURRENT came to be refused.",
      "At once: set the password that the secret has in the database.",
    ],
  },
);
