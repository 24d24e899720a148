import type { Client } from "pg";
import type { Pair } from "../engine.js";

/** What someone is granted on every object that an owner is yet to make. */
interface Default {
  readonly owner: string;
  /** Empty for all schemas. */
  readonly schema: string;
  readonly on: "TABLES" | "FUNCTIONS" | "PROCEDURES";
  readonly privilege: string;
  readonly grantee: string;
  readonly granteeType: string;
  readonly admin: boolean;
}

export interface DefaultChanges {
  readonly given: readonly string[];
  readonly taken: readonly string[];
}

/**
 * The statements that make both of a pair share what either makes from now on, and that give the clone the defaults that
 * the base has, as an owner and as a grantee.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_DEFAULT_PRIVILEGES.html
 */
export async function defaultChanges(client: Client, pair: Pair): Promise<DefaultChanges> {
  const found = await readDefaults(client, pair);
  const ofBase = found.filter(({ owner, grantee }) => owner !== pair.clone && grantee !== pair.clone);
  const wanted = [
    ...ofBase.filter(({ owner }) => owner === pair.base).map((one) => ({ ...one, owner: pair.clone })),
    ...ofBase.filter(({ grantee }) => grantee === pair.base).map((one) => ({ ...one, grantee: pair.clone })),
    ...shared(pair.base, pair.clone),
    ...shared(pair.clone, pair.base),
  ];
  const give = (one: Default) => statement(client, "GRANT", one);
  const wantedTexts = new Set(wanted.map(give));
  const foundTexts = new Set(found.map(give));
  return {
    given: [...wantedTexts].filter((text) => !foundTexts.has(text)),
    taken: found
      .filter((one) => !ofBase.includes(one) && !wantedTexts.has(give(one)))
      .map((one) => statement(client, "REVOKE", one)),
  };
}

/** https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_DEFAULT_PRIVILEGES.html */
async function readDefaults(client: Client, { base, clone }: Pair): Promise<Default[]> {
  const { rows } = await client.query<Default & { type: string }>(
    `SELECT owner_name AS owner, COALESCE(schema_name, '') AS schema, object_type AS type, privilege_type AS privilege,
            COALESCE(grantee_name, '') AS grantee, grantee_type AS "granteeType", admin_option AS admin
       FROM pg_catalog.svv_default_privileges
      WHERE owner_name IN ($1, $2) OR (grantee_type = 'user' AND grantee_name IN ($1, $2))`,
    [base, clone],
  );
  return rows.map(({ type, ...row }) => ({
    ...row,
    on: type === "FUNCTION" ? "FUNCTIONS" : type === "PROCEDURE" ? "PROCEDURES" : "TABLES",
  }));
}

function shared(owner: string, grantee: string): Default[] {
  const common = { owner, schema: "", grantee, granteeType: "user", admin: false };
  return [
    ...TABLE_PRIVILEGES.map((privilege) => ({ ...common, on: "TABLES" as const, privilege })),
    { ...common, on: "FUNCTIONS", privilege: "EXECUTE" },
    { ...common, on: "PROCEDURES", privilege: "EXECUTE" },
  ];
}

/** What one of a pair may do with a table of the other's. Only its owner may alter or drop it. */
export const TABLE_PRIVILEGES = ["SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES"] as const;

function statement(client: Client, verb: "GRANT" | "REVOKE", one: Default): string {
  const quote = (name: string) => client.escapeIdentifier(name);
  const schema = one.schema ? ` IN SCHEMA ${quote(one.schema)}` : "";
  const kind = { role: "ROLE ", group: "GROUP " }[one.granteeType] ?? "";
  const grantee = one.granteeType === "public" ? "PUBLIC" : kind + quote(one.grantee);
  const option = one.admin && verb === "GRANT" ? " WITH GRANT OPTION" : "";
  return (
    `ALTER DEFAULT PRIVILEGES FOR USER ${quote(one.owner)}${schema} ` +
    `${verb} ${one.privilege.toUpperCase()} ON ${one.on} ${verb === "GRANT" ? "TO" : "FROM"} ${grantee}${option}`
  );
}
