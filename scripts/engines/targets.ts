/** What proves an engine: its test files, and by which title of a test one knows the server that it ran on. */
export interface Target {
  readonly engine: string;
  readonly files: readonly string[];
  readonly strategies: readonly string[];
  /** The engine's own server. */
  readonly server: RegExp;
  /** A server that speaks the engine's protocol, and the strategies that it can be asked for. */
  readonly compatible?: { readonly server: RegExp; readonly strategies: readonly string[] };
}

/** The contract on a server that a URL names: `MSSQL_URL`, `ORACLE_URL`, `REDSHIFT_URL`, `MONGODB_URL`. */
const LIVE = "test/engines/live.test.ts";

export const TARGETS: readonly Target[] = [
  {
    engine: "postgres",
    files: [
      "test/engines/postgres/contract.test.ts",
      "test/engines/postgres/contract-15.test.ts",
      "test/rotation/single-user.test.ts",
      "test/rotation/alternating-users.test.ts",
    ],
    strategies: ["single-user", "alternating-users"],
    server: /^PostgreSQL \d/,
  },
  {
    engine: "mysql",
    files: ["test/engines/mysql/contract.test.ts", "test/rotation/mysql.test.ts"],
    strategies: ["single-user", "alternating-users", "dual-password"],
    server: /^MySQL \d/,
  },
  {
    engine: "mariadb",
    files: ["test/engines/mariadb/contract.test.ts", "test/rotation/mariadb.test.ts"],
    strategies: ["single-user", "alternating-users", "dual-password"],
    server: /^MariaDB \d/,
  },
  {
    engine: "documentdb",
    files: [
      "test/engines/documentdb/contract.test.ts",
      "test/engines/documentdb/statements.test.ts",
      "test/rotation/documentdb.test.ts",
      LIVE,
    ],
    strategies: ["single-user", "alternating-users"],
    server: /^MongoDB \d/,
    compatible: { server: /^FerretDB \d/, strategies: ["single-user"] },
  },
  {
    engine: "redshift",
    files: ["test/engines/redshift/contract.test.ts", "test/engines/redshift/statements.test.ts", LIVE],
    strategies: ["single-user", "alternating-users"],
    server: /^Redshift$/,
  },
  {
    engine: "sqlserver",
    files: [
      ...["driver", "log-in", "over-the-wire", "statements"].map((name) => `test/engines/sqlserver/${name}.test.ts`),
      LIVE,
    ],
    strategies: ["single-user", "alternating-users"],
    server: /^SQL Server \d/,
    compatible: { server: /^Babelfish \d/, strategies: ["single-user"] },
  },
  {
    engine: "oracle",
    files: [
      ...["alternate", "connect", "driver", "errors", "names", "passwords"].map(
        (name) => `test/engines/oracle/${name}.test.ts`,
      ),
      LIVE,
    ],
    strategies: ["single-user", "alternating-users", "dual-password"],
    server: /^Oracle \d/,
  },
];
