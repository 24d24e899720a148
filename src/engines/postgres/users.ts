import type { Client } from "pg";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { markOf, retiredMarkOf } from "./marks.js";

/** What the server knows of one of the pair. */
export interface Role {
  readonly superuser: boolean;
  readonly canLogin: boolean;
  readonly replication: boolean;
  /** CREATEROLE, CREATEDB and BYPASSRLS, those of them that it has itself. */
  readonly attributes: readonly string[];
  readonly connectionLimit: number;
  /** As text in UTC; `null` for never. */
  readonly validUntil: string | null;
  /** Objects that it owns, in all databases. */
  readonly owns: number;
  /** The role that its sessions act as, by database, where a setting says one and it may: as a rule the tables' owner. */
  readonly actsAs: Readonly<Record<string, string>>;
  /** `name=value`, by database; the empty name stands for all databases. */
  readonly settings: Readonly<Record<string, readonly string[]>>;
}

export interface Roles {
  readonly base: Role | undefined;
  readonly clone: Role | undefined;
  /** Whether an admin has marked the clone as one, it is called so, and is a member of the base. */
  readonly paired: boolean;
  /** Whether the mark says that the base was barred by us. */
  readonly baseRetired: boolean;
  /**
   * Whether the base may itself be the clone of another role, which it is called after and whose member an admin made it.
   * Before 15 a login makes members of itself, which says nothing.
   */
  readonly baseMayBeClone: boolean;
  /** Roles that the clone is a member of besides. */
  readonly otherMemberships: readonly string[];
  /** Roles that may act as the clone, and could not act as the base without it. The admin is not counted. */
  readonly strangers: readonly string[];
}

export async function readRoles(client: Client, { base, clone }: Pair): Promise<Roles> {
  const { rows } = await client.query<Found>(ROLES, [base, clone]);
  const roles = rows.map(({ acting, ...role }) => ({ ...role, actsAs: actsAs(acting) }));
  const memberships = await client.query<Membership>(MEMBERSHIPS, [base, clone]);
  const strangers = await client.query<{ name: string }>(STRANGERS, [base, clone]);
  const of = (member: string) => memberships.rows.filter((row) => row.member === member).map(({ name }) => name);
  const found = roles.find(({ name }) => name === clone);
  const marked = clone === base + SUFFIX && [markOf(base), retiredMarkOf(base)].includes(found?.mark ?? "");
  return {
    base: roles.find(({ name }) => name === base),
    clone: found,
    paired: marked && of(clone).includes(base),
    baseRetired: marked && found?.mark === retiredMarkOf(base),
    baseMayBeClone: memberships.rows.some(
      ({ name, member, byAdmin }) => byAdmin && member === base && name + SUFFIX === base,
    ),
    otherMemberships: of(clone).filter((name) => name !== base),
    strangers: strangers.rows.map(({ name }) => name),
  };
}

interface Membership {
  readonly name: string;
  readonly member: string;
  /** Whether a superuser or a role with CREATEROLE granted it. */
  readonly byAdmin: boolean;
}

interface Found extends Omit<Role, "actsAs"> {
  readonly name: string;
  readonly mark: string | null;
  readonly acting: readonly Acting[];
}

/** A `role` setting. `own`: of the role itself; else of the database or of all. */
interface Acting {
  readonly database: string;
  readonly own: boolean;
  readonly role: string;
}

/** The server takes the role's own for the database, its own, the database's, that of all, in this order. */
function actsAs(acting: readonly Acting[]): Record<string, string> {
  const everywhere = acting.find(({ database, own }) => database === "" && own);
  const byDatabase = acting.filter(({ database, own }) => database !== "" && (own || !everywhere));
  const ofAll = acting.filter(({ database }) => database === "");
  const ordered = [...byDatabase, ...ofAll].sort((a, b) => Number(a.own) - Number(b.own));
  return Object.fromEntries(ordered.map(({ database, role }) => [database, role]));
}

/** What lets a member act as the role. https://www.postgresql.org/docs/current/functions-info.html (SET: from 16 on) */
const MAY_SET = "CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END";

const ROLES = `
  SELECT r.rolname::text AS name, r.rolsuper AS superuser, r.rolcanlogin AS "canLogin", r.rolreplication AS replication,
         array_remove(ARRAY[CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
                            CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL) AS attributes,
         r.rolconnlimit AS "connectionLimit",
         CASE WHEN r.rolvaliduntil = 'infinity' THEN NULL ELSE (r.rolvaliduntil AT TIME ZONE 'UTC')::text || '+00' END AS "validUntil",
         (SELECT count(*)::int FROM pg_catalog.pg_shdepend d
           WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'o') AS owns,
         COALESCE((SELECT json_agg(json_build_object('database', COALESCE(d.datname, ''), 'own', s.setrole <> 0, 'role', a.rolname))
                     FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
                     JOIN pg_catalog.pg_roles a ON ('role=' || a.rolname) = ANY (s.setconfig)
                    WHERE s.setrole IN (r.oid, 0) AND pg_has_role(r.oid, a.oid, ${MAY_SET})), '[]') AS acting,
         shobj_description(r.oid, 'pg_authid') AS mark,
         COALESCE((SELECT json_object_agg(COALESCE(d.datname, ''), s.setconfig)
                     FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
                    WHERE s.setrole = r.oid), '{}') AS settings
    FROM pg_catalog.pg_roles r
   WHERE r.rolname IN ($1, $2)`;

const MEMBERSHIPS = `
  SELECT of.rolname::text AS name, me.rolname::text AS member, bool_or(COALESCE(g.rolsuper OR g.rolcreaterole, false)) AS "byAdmin"
    FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles of ON of.oid = m.roleid JOIN pg_catalog.pg_roles me ON me.oid = m.member
    LEFT JOIN pg_catalog.pg_roles g ON g.oid = m.grantor AND g.oid <> m.roleid
   WHERE me.rolname IN ($1, $2)
   GROUP BY 1, 2`;

/**
 * Members of the clone that are not members of the base in another way, by which they may act as it (`set_option`, from
 * 16 on) or let themselves.
 */
const STRANGERS = `
  WITH RECURSIVE able (oid) AS (
    SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1
    UNION
    SELECT m.member FROM able JOIN pg_catalog.pg_auth_members m ON m.roleid = able.oid
      JOIN pg_catalog.pg_roles me ON me.oid = m.member
     WHERE me.rolname <> $2 AND (m.admin_option OR COALESCE((to_jsonb(m) ->> 'set_option')::boolean, true)))
  SELECT DISTINCT me.rolname::text AS name
    FROM pg_catalog.pg_roles clone JOIN pg_catalog.pg_auth_members m ON m.roleid = clone.oid
    JOIN pg_catalog.pg_roles me ON me.oid = m.member
   WHERE clone.rolname = $2 AND me.rolname <> session_user AND NOT me.rolsuper AND me.oid NOT IN (SELECT oid FROM able)`;
