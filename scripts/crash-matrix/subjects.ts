import type { Login } from "../../stage/postgres-tools.js";

/** Secrets of one kind to be rotated and killed, each with a login of its own. */
export interface Subject {
  /** `alternating-users, back to the first` */
  readonly name: string;
  /** Whether there may be a moment in which AWSCURRENT does not log in. */
  readonly mayGap: boolean;
  /** What a secret holds, made anew, and the tags; `before`: how often it is rotated before it is its turn to die. */
  make(
    port: number,
    storeAdmin: (value: object) => Promise<string>,
  ): Promise<{ value: object; tags: Readonly<Record<string, string>> }>;
  readonly before: number;
  /** Whether the database takes the credential, asked directly. */
  letsIn(login: Login): Promise<boolean>;
}

/** A database, and what is rotated on it. */
export interface Arena {
  readonly database: { readonly host: string; readonly port: number };
  readonly caFile: string;
  readonly subjects: readonly Subject[];
}

type PostgresTools = ReturnType<typeof import("../../stage/postgres-tools.js").toolsFor>;

export function postgresSubjects(tools: PostgresTools): Subject[] {
  const about = (port: number) => ({ engine: "postgres", host: "localhost", port, dbname: "postgres" });
  const { letsIn } = tools;
  const alternating = async (port: number, storeAdmin: (value: object) => Promise<string>) => {
    const login = await tools.createLogin();
    const masterarn = await storeAdmin({ ...about(port), ...(await tools.createAdmin(login.username)) });
    return { value: { ...about(port), ...login, masterarn }, tags: {} };
  };
  return [
    {
      name: "single-user",
      mayGap: true,
      before: 0,
      letsIn,
      make: async (port) => ({ value: { ...about(port), ...(await tools.createLogin()) }, tags: {} }),
    },
    { name: "alternating-users, a new clone", mayGap: false, before: 0, letsIn, make: alternating },
    { name: "alternating-users, back to the first", mayGap: false, before: 1, letsIn, make: alternating },
  ];
}
