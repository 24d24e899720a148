import type { Client } from "pg";
import type { Pair } from "../engine.js";

/** What the server knows of one of the pair. */
export interface Role {
  readonly superuser: boolean;
  readonly replication: boolean;
  readonly connectionLimit: number;
  /** As text in UTC; `null` for never. */
  readonly validUntil: string | null;
  /** Objects that it owns, in all databases. */
  readonly owns: number;
  /** Whether its sessions act as the base. */
  readonly actsAsBase: boolean;
  /** `name=value`, by database; the empty name stands for all databases. */
  readonly settings: Readonly<Record<string, readonly string[]>>;
}

export interface Roles {
  readonly base: Role | undefined;
  readonly clone: Role | undefined;
  /** Whether the clone is a member of the base. */
  readonly member: boolean;
  /** Roles that the clone is a member of besides. */
  readonly otherMemberships: readonly string[];
}

export async function readRoles(client: Client, pair: Pair): Promise<Roles> {
  const roles = await client.query<Role & { name: string }>(ROLES, [pair.base, pair.clone]);
  const memberships = await client.query<{ name: string }>(MEMBERSHIPS, [pair.clone]);
  const names = memberships.rows.map(({ name }) => name);
  return {
    base: roles.rows.find(({ name }) => name === pair.base),
    clone: roles.rows.find(({ name }) => name === pair.clone),
    member: names.includes(pair.base),
    otherMemberships: names.filter((name) => name !== pair.base),
  };
}

const ROLES = `
  SELECT r.rolname::text AS name, r.rolsuper AS superuser, r.rolreplication AS replication, r.rolconnlimit AS "connectionLimit",
         CASE WHEN r.rolvaliduntil = 'infinity' THEN NULL ELSE (r.rolvaliduntil AT TIME ZONE 'UTC')::text || '+00' END AS "validUntil",
         (SELECT count(*)::int FROM pg_shdepend d
           WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'o') AS owns,
         EXISTS (SELECT FROM pg_db_role_setting s
                  WHERE s.setrole = r.oid AND s.setdatabase = 0 AND ('role=' || $1) = ANY (s.setconfig)) AS "actsAsBase",
         COALESCE((SELECT json_object_agg(COALESCE(d.datname, ''), s.setconfig)
                     FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase
                    WHERE s.setrole = r.oid), '{}') AS settings
    FROM pg_roles r
   WHERE r.rolname IN ($1, $2)`;

const MEMBERSHIPS = `
  SELECT DISTINCT of.rolname::text AS name
    FROM pg_auth_members m JOIN pg_roles of ON of.oid = m.roleid JOIN pg_roles me ON me.oid = m.member
   WHERE me.rolname = $1`;
