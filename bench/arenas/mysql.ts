import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { castMysqlActors, type MysqlStage, setMysqlStage } from "../../stage/mysql-stage.js";
import { mysqlTools } from "../../stage/mysql-tools.js";
import type { MariadbServer } from "../../stage/servers/mariadb.js";
import { storeSecret } from "../../stage/store-secret.js";
import { type AwsSecret, secretForAws } from "../aws/rotate.js";
import type { Arena, Seen, Strategy } from "./arena.js";

/** A running MariaDB or MySQL, which notes what it is told in a table, for the moments to be more exact than seconds. */
export async function mysqlArena(
  kind: MysqlStage["engine"],
  server: MariadbServer,
  strategy: Strategy,
): Promise<Arena> {
  const stage = await setMysqlStage(kind, server, ".keyturn/bench");
  const opened: Array<() => Promise<void>> = [stage.cloud.stop];
  const stop = async () => {
    for (const close of opened.toReversed()) await close();
  };
  try {
    const superuser = await createConnection({
      host: server.host,
      port: server.port,
      user: "superuser",
      password: server.superuserPassword,
      timezone: "Z",
    });
    opened.push(() => superuser.end());
    await superuser.query("SET time_zone = '+00:00'");
    await superuser.query("SET GLOBAL log_output = 'TABLE'");
    const secretId = await castMysqlActors(stage, strategy);
    return {
      engine: await versionOf(kind, superuser),
      strategy,
      cloud: stage.cloud,
      caFile: server.caFile,
      secretId,
      aws: await castForAws(stage, strategy),
      seen: (since) => seenBy(superuser, since),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function castForAws(stage: MysqlStage, strategy: Strategy): Promise<AwsSecret | string> {
  if (strategy === "dual-password") return "AWS has no function with two passwords";
  // It takes every version that does not begin with 8 for an old one: get_password_option in
  // https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas/blob/master/SecretsManagerRDSMySQLRotationSingleUser/lambda_function.py
  if (stage.engine === "mysql") return "AWS's function calls PASSWORD(), which MySQL 9 has not";
  const { host, port, caFile } = stage.server;
  const { createLogin, createAdmin } = mysqlTools(stage.server);
  const target = { engine: "mariadb", host, port, dbname: "shop" };
  // It sets passwords by GRANT, which is more than Keyturn's admin may.
  const admin = { ...target, ...(await createAdmin(["GRANT ALL ON *.* TO ? WITH GRANT OPTION"])) };
  const masterarn =
    strategy === "alternating-users"
      ? await storeSecret(new SecretsManagerClient(stage.cloud.clientConfig), {
          name: "aws/admin",
          value: admin,
          tags: {},
        })
      : undefined;
  const value = { ...target, ...(await createLogin(undefined, "aws")), ...(masterarn ? { masterarn } : {}) };
  return secretForAws(stage.cloud, value, caFile);
}

async function versionOf(kind: MysqlStage["engine"], connection: Connection): Promise<string> {
  const [[row]] = await connection.query<RowDataPacket[]>("SELECT VERSION() AS version");
  const [version] = /^[\d.]+/.exec(row?.version) ?? [];
  return `${kind === "mariadb" ? "MariaDB" : "MySQL"} ${version}`;
}

/** One that is refused is noted twice: that it came, and that it had to go. */
async function seenBy(connection: Connection, since: Date): Promise<Seen> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT event_time AS at, thread_id AS session, command_type AS command, CONVERT(argument USING utf8mb4) AS said
     FROM mysql.general_log WHERE event_time >= ? AND thread_id <> CONNECTION_ID()`,
    [since],
  );
  const connects = rows.filter(({ command }) => command === "Connect");
  const refused = new Set(connects.filter(({ said }) => /^Access denied/.test(said)).map(({ session }) => session));
  const moments = (of: readonly RowDataPacket[]) => of.map(({ at }) => at as Date);
  return {
    ok: moments(connects.filter(({ session }) => !refused.has(session))),
    failed: moments(connects.filter(({ said }) => /^Access denied/.test(said))),
    changes: moments(rows.filter(({ said }) => /^(ALTER USER|SET PASSWORD)/.test(said))),
  };
}
