-- Redshift's system views, with the columns of its documentation, made of PostgreSQL's catalogs, where Redshift has them:
-- in pg_catalog. For tests only.
SET allow_system_table_mods = on;
SET search_path = pg_catalog;

CREATE VIEW svv_user_info AS
  SELECT rolname::text AS user_name, CASE WHEN rolconnlimit < 0 THEN 'UNLIMITED' ELSE rolconnlimit::text END AS connection_limit,
         'RESTRICTED' AS syslog_access, 0 AS session_timeout
    FROM pg_roles;

CREATE VIEW svv_database_privileges AS
  SELECT d.datname::text AS database_name, a.privilege_type, r.rolname::text AS identity_name, 'user' AS identity_type,
         a.is_grantable AS admin_option, 'DATABASE' AS privilege_scope
    FROM pg_database d, aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee
   WHERE r.rolcanlogin AND a.grantee <> d.datdba;

CREATE VIEW svv_schema_privileges AS
  SELECT n.nspname::text AS namespace_name, a.privilege_type, r.rolname::text AS identity_name, 'user' AS identity_type,
         a.is_grantable AS admin_option, 'SCHEMA' AS privilege_scope
    FROM pg_namespace n, aclexplode(n.nspacl) a JOIN pg_roles r ON r.oid = a.grantee
   WHERE r.rolcanlogin AND a.grantee <> n.nspowner;

CREATE VIEW svv_relation_privileges AS
  SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, a.privilege_type,
         r.rolname::text AS identity_name, 'user' AS identity_type, a.is_grantable AS admin_option
    FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
   WHERE r.rolcanlogin AND a.grantee <> c.relowner AND c.relkind IN ('r', 'v');

CREATE VIEW svv_column_privileges AS
  SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, t.attname::text AS column_name,
         a.privilege_type, r.rolname::text AS identity_name, 'user' AS identity_type
    FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_attribute t ON t.attrelid = c.oid,
         aclexplode(t.attacl) a JOIN pg_roles r ON r.oid = a.grantee
   WHERE r.rolcanlogin;

CREATE VIEW svv_redshift_functions AS
  SELECT n.nspname::text AS schema_name, p.proname::text AS function_name, oidvectortypes(p.proargtypes) AS argument_type,
         CASE p.prokind WHEN 'p' THEN 'STORED PROCEDURE' ELSE 'REGULAR FUNCTION' END AS function_type
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace;

CREATE VIEW svv_function_privileges AS
  SELECT n.nspname::text AS namespace_name, p.proname::text AS function_name, oidvectortypes(p.proargtypes) AS argument_types,
         a.privilege_type, r.rolname::text AS identity_name, 'user' AS identity_type, a.is_grantable AS admin_option
    FROM pg_namespace n JOIN pg_proc p ON p.pronamespace = n.oid, aclexplode(p.proacl) a JOIN pg_roles r ON r.oid = a.grantee
   WHERE r.rolcanlogin AND a.grantee <> p.proowner;

CREATE VIEW svv_language_privileges AS
  SELECT l.lanname::text AS language_name, a.privilege_type, r.rolname::text AS identity_name, 'user' AS identity_type,
         a.is_grantable AS admin_option
    FROM pg_language l, aclexplode(l.lanacl) a JOIN pg_roles r ON r.oid = a.grantee
   WHERE r.rolcanlogin AND a.grantee <> l.lanowner;

CREATE VIEW svv_default_privileges AS
  SELECT n.nspname::text AS schema_name, k.object_type,
         o.rolname::text AS owner_name, a.privilege_type, r.rolname::text AS grantee_name,
         CASE WHEN a.grantee = 0 THEN 'public' WHEN r.rolcanlogin THEN 'user' ELSE 'group' END AS grantee_type,
         a.is_grantable AS admin_option
    FROM (VALUES ('r', 'RELATION'), ('f', 'FUNCTION'), ('f', 'PROCEDURE')) AS k (letter, object_type)
    JOIN pg_default_acl d ON d.defaclobjtype::text = k.letter JOIN pg_roles o ON o.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace,
         aclexplode(d.defaclacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
   WHERE a.grantee <> d.defaclrole AND a.privilege_type NOT IN ('TRIGGER', 'TRUNCATE', 'MAINTAIN');

CREATE VIEW stv_sessions AS SELECT usename::char(50) AS user_name, pid AS process FROM pg_stat_activity;
GRANT SELECT ON stv_sessions TO PUBLIC;

-- PostgreSQL has neither datashares nor roles beside users.
CREATE VIEW svv_datashare_privileges AS
  SELECT ''::text AS datashare_name, ''::text AS privilege_type, ''::text AS identity_name, ''::text AS identity_type,
         false AS admin_option WHERE false;
CREATE VIEW svv_user_grants AS SELECT ''::text AS user_name, ''::text AS role_name, false AS admin_option WHERE false;
GRANT SELECT ON svv_user_grants TO PUBLIC;
