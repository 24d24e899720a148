// What `@keyturn/client` is.
export type { Credential } from "./credential.js";
export { type Credentials, type CredentialsOptions, credentials, type WithCredentialOptions } from "./credentials.js";
export { CredentialsError, type CredentialsErrorCode } from "./errors.js";
export { type MysqlDriver, mysqlPool } from "./mysql.js";
export { type PgClientClass, type PgDriver, pgClient, pgPool } from "./pg.js";
export { isRejection } from "./rejections.js";
