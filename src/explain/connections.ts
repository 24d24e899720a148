import { chapter, WAIT_FIRST } from "./explanation.js";

export const CONNECTING = chapter(
  {
    title: "Errors of the network and of TLS",
    kind: "error",
    of: "a connection",
    about: "The server could not be reached, or not safely.",
  },
  {
    HostNotFound: [
      "The host does not resolve.",
      `${WAIT_FIRST} correct host in the secret; see that the functions' network can resolve it.`,
    ],
    ConnectionRefused: [
      "Nothing answers at the host and port.",
      `${WAIT_FIRST} see that the database is up and port is right.`,
    ],
    ConnectTimeout: [
      "The database gave no answer to the connection.",
      `${WAIT_FIRST} see that a security group lets the functions in.`,
    ],
    HostUnreachable: [
      "There is no way to the host.",
      `${WAIT_FIRST} see that the functions run in the database's network ("network" in keyturn.yml).`,
    ],
    ConnectionLost: [
      "The connection was cut.",
      `${WAIT_FIRST} a server that takes TLS only cuts a plain one, and the other way round: look at ssl and port.`,
    ],
    FirewallRefused: ["Azure's firewall does not let the functions' address in.", `${WAIT_FIRST} add a rule for it.`],
    HostBlocked: [
      "MySQL takes no connection from the functions' address, as too many were cut off.",
      `${WAIT_FIRST} FLUSH HOSTS; and find out what cuts them off.`,
    ],
    TlsUnsupported: [
      "The server does not speak TLS.",
      'Turn it on there; only where that cannot be, put "ssl": false into the secret.',
    ],
    TlsRequired: ["The server takes TLS connections only.", 'Take "ssl": false out of the secret.'],
    TlsFailed: ["Server and Keyturn could not agree on TLS.", "It must speak TLS 1.2 or newer, at the secret's port."],
    CertificateUntrusted: [
      "The server's certificate is signed by an authority that is not trusted.",
      "Name the right one in KEYTURN_CA_FILE. Do not turn TLS off.",
    ],
    CertificateExpired: [
      "The server's certificate has expired, or is not valid yet.",
      "Renew it on the server; look at the clocks.",
    ],
    CertificateForOtherHost: [
      "The server's certificate is for another host name.",
      "Put the name in the certificate into the secret as host.",
    ],
    CaFileInvalid: ["The file that KEYTURN_CA_FILE names has no certificates in PEM form.", "Name one that has."],
    NativeEncryptionRequired: [
      "Oracle insists on its native network encryption, which the driver does not have.",
      "Use TLS (RDS: the option SSL, port 2484).",
    ],
    NotOracle: [
      "What answers does not speak Oracle's protocol.",
      "Look at host, port and ssl: TLS has a port of its own.",
    ],
    ProtocolError: ["What answers does not speak as SQL Server does.", `${WAIT_FIRST} look at host and port.`],
    Redirected: [
      "The server sends the login to another address, to which no password is sent.",
      "Put that address into the secret as host, if it is the right one.",
    ],
    PoolerInFront: [
      "A connection pooler answers at the host, and knows passwords of its own.",
      "Put the server's own end point into the secret as host.",
    ],
    SettingsIgnored: [
      "The server, or what stands before it, ignores the settings with which Keyturn begins a session.",
      "Put the server's own end point into the secret as host.",
    ],
  },
);

export const SERVERS = chapter(
  {
    title: "Errors of a server that is busy or away",
    kind: "error",
    of: "a server",
    about: "Most pass by themselves.",
  },
  {
    DatabaseTimeout: [
      "The database gave no answer in time.",
      `${WAIT_FIRST} see that it is up and nothing holds a lock.`,
    ],
    StatementTimeout: ["A statement took too long.", `${WAIT_FIRST} see what holds a lock.`],
    Locked: ["Something holds a lock.", `${WAIT_FIRST} find the session that holds it.`],
    TryAgain: ["Another transaction was in the way.", "Nothing: it is tried again by itself."],
    TooManyConnections: [
      "The server, or the user, has no connection left.",
      `${WAIT_FIRST} raise the limit, or lower atOncePerServer in keyturn.yml.`,
    ],
    ServerStarting: ["The server is starting or stopping.", `${WAIT_FIRST} see that it comes up.`],
    ServerStopping: ["The server is starting, stopping or changing roles.", `${WAIT_FIRST} see that it comes up.`],
    UnderMaintenance: ["The server lets administrators in only, for a time.", `${WAIT_FIRST} ask who works on it.`],
    ReplicaUnavailable: [
      "The database takes no queries there: it is a replica, or is changing roles.",
      `${WAIT_FIRST} put the writer's end point into the secret as host.`,
    ],
    OutOfResources: ["The server is short of memory, disk or connections.", `${WAIT_FIRST} give it some.`],
    ServerFault: ["The server had a fault of its own.", `${WAIT_FIRST} look into its log.`],
    ReaderBehind: [
      "A reader does not let the new credential in yet.",
      `${WAIT_FIRST} see that it follows its writer, or take it out of keyturn:readers.`,
    ],
    UnexpectedDriverError: [
      "The driver said something that Keyturn does not know.",
      "The cause in the function's log has the driver's code. Please report it.",
    ],
  },
);
