/**
 * The queries, each about one name, `@name`. Securables are quoted by the server.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-permissions-transact-sql
 */

/** Kinds of securables that are found by one number: class, keyword, catalog view, its column. */
const NUMBERED = [
  [5, "ASSEMBLY", "sys.assemblies", "assembly_id"],
  [15, "MESSAGE TYPE", "sys.service_message_types", "message_type_id"],
  [16, "CONTRACT", "sys.service_contracts", "service_contract_id"],
  [17, "SERVICE", "sys.services", "service_id"],
  [18, "REMOTE SERVICE BINDING", "sys.remote_service_bindings", "remote_service_binding_id"],
  [19, "ROUTE", "sys.routes", "route_id"],
  [23, "FULLTEXT CATALOG", "sys.fulltext_catalogs", "fulltext_catalog_id"],
  [24, "SYMMETRIC KEY", "sys.symmetric_keys", "symmetric_key_id"],
  [25, "CERTIFICATE", "sys.certificates", "certificate_id"],
  [26, "ASYMMETRIC KEY", "sys.asymmetric_keys", "asymmetric_key_id"],
  [29, "FULLTEXT STOPLIST", "sys.fulltext_stoplists", "stoplist_id"],
  [31, "SEARCH PROPERTY LIST", "sys.registered_search_property_lists", "property_list_id"],
  [32, "DATABASE SCOPED CREDENTIAL", "sys.database_scoped_credentials", "credential_id"],
] as const;

/** CONNECT comes with a user; of users that a contained database knows by itself it is what bars them. */
export const DATABASE_PERMISSIONS = `
  SELECT p.state_desc AS state, p.permission_name AS permission, p.class_desc AS class,
         CASE p.class
           WHEN 0 THEN N''
           WHEN 1 THEN N' ON OBJECT::' + QUOTENAME(OBJECT_SCHEMA_NAME(p.major_id)) + N'.' + QUOTENAME(OBJECT_NAME(p.major_id))
             + CASE WHEN p.minor_id > 0 THEN N' (' + QUOTENAME(COL_NAME(p.major_id, p.minor_id)) + N')' ELSE N'' END
           WHEN 3 THEN N' ON SCHEMA::' + QUOTENAME(SCHEMA_NAME(p.major_id))
           WHEN 4 THEN (SELECT N' ON ' + CASE type WHEN 'R' THEN N'ROLE' WHEN 'A' THEN N'APPLICATION ROLE' ELSE N'USER' END
                               + N'::' + QUOTENAME(name) FROM sys.database_principals WHERE principal_id = p.major_id)
           WHEN 6 THEN (SELECT N' ON TYPE::' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name)
                          FROM sys.types WHERE user_type_id = p.major_id)
           WHEN 10 THEN (SELECT N' ON XML SCHEMA COLLECTION::' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name)
                           FROM sys.xml_schema_collections WHERE xml_collection_id = p.major_id)
           ${NUMBERED.map(([kind, keyword, view, column]) => `WHEN ${kind} THEN (SELECT N' ON ${keyword}::' + QUOTENAME(name) FROM ${view} WHERE ${column} = p.major_id)`).join("\n           ")}
         END AS securable
    FROM sys.database_permissions p JOIN sys.database_principals u ON u.principal_id = p.grantee_principal_id
   WHERE u.name = @name
     AND NOT (p.class = 0 AND p.permission_name = 'CONNECT' AND (p.state = 'G' OR u.authentication_type = 2))`;

/** What the other of a pair may do in a schema that this one owns. */
export const OWNED_SCHEMAS = `
  SELECT 'GRANT' AS state, 'CONTROL' AS permission, 'SCHEMA' AS class, N' ON SCHEMA::' + QUOTENAME(s.name) AS securable
    FROM sys.schemas s JOIN sys.database_principals u ON u.principal_id = s.principal_id WHERE u.name = @name`;

export const DATABASE_ROLES = `
  SELECT r.name FROM sys.database_role_members m JOIN sys.database_principals r ON r.principal_id = m.role_principal_id
    JOIN sys.database_principals u ON u.principal_id = m.member_principal_id WHERE u.name = @name`;

/** A user of a database by the login's identity: it may have another name. */
export const USER_OF_LOGIN =
  "SELECT name, default_schema_name AS defaultSchema FROM sys.database_principals WHERE sid = SUSER_SID(@name)";

export const USER = "SELECT name, default_schema_name AS defaultSchema FROM sys.database_principals WHERE name = @name";

/** https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-server-permissions-transact-sql */
export const SERVER_PERMISSIONS = `
  SELECT p.state_desc AS state, p.permission_name AS permission, p.class_desc AS class,
         CASE p.class
           WHEN 100 THEN N''
           WHEN 101 THEN (SELECT N' ON ' + CASE type WHEN 'R' THEN N'SERVER ROLE' ELSE N'LOGIN' END + N'::' + QUOTENAME(name)
                            FROM sys.server_principals WHERE principal_id = p.major_id)
           WHEN 105 THEN (SELECT N' ON ENDPOINT::' + QUOTENAME(name) FROM sys.endpoints WHERE endpoint_id = p.major_id)
         END AS securable
    FROM sys.server_permissions p JOIN sys.server_principals l ON l.principal_id = p.grantee_principal_id
   WHERE l.name = @name AND NOT (p.class = 100 AND p.permission_name = 'CONNECT SQL' AND p.state = 'G')`;

export const SERVER_ROLES = `
  SELECT r.name FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id
    JOIN sys.server_principals l ON l.principal_id = m.member_principal_id WHERE l.name = @name`;

export const LOGIN = `
  SELECT default_database_name AS [database], default_language_name AS [language], is_policy_checked AS policy,
         is_expiration_checked AS expiration
    FROM sys.sql_logins WHERE name = @name`;

/**
 * Whether an admin may work in a database: `seen` is 0 where its owner hides its triggers, and where modules are trusted on
 * the server too, to be a user of the database only is no fence. The server's own databases are its administrators'.
 * https://learn.microsoft.com/sql/relational-databases/security/trustworthy-database-property
 */
export const DATABASE_STATE = `
  SELECT CASE WHEN HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), 'DATABASE', 'VIEW DEFINITION') = 1 THEN 1 ELSE 0 END AS seen,
         CASE WHEN is_trustworthy_on = 1 AND database_id > 4 THEN 1 ELSE 0 END AS trustworthy
    FROM sys.databases WHERE name = DB_NAME()`;

/**
 * Where the admin may look: the others are said in the documentation. `owned`: by the login, which the server says and no
 * database does.
 */
export const DATABASES = `
  SELECT name, CASE WHEN owner_sid = SUSER_SID(@name) THEN 1 ELSE 0 END AS owned
    FROM sys.databases WHERE state = 0 AND is_read_only = 0 AND HAS_DBACCESS(name) = 1 AND name <> 'tempdb'
   ORDER BY name`;

/**
 * Whether the session's own login has a user in the database, or owns it: with none it comes in as guest, and with CONNECT
 * ANY DATABASE or sysadmin as everybody who has that.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-principals-transact-sql
 */
export const INVITED = "SELECT 1 AS found FROM sys.database_principals WHERE sid = SUSER_SID() AND type IN ('S', 'U')";
