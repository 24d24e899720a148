import { type Connection, createConnection, escape as quoted, type RowDataPacket } from "mysql2/promise";
import { awsDatabase } from "./database.js";

export const mariadb = awsDatabase<Connection>({
  connected: ({ host, port, dbname, username, password }, tls) =>
    createConnection({ host, port, database: dbname, user: username, password, ...(tls ? { ssl: tls } : {}) }),

  isRefusal: (error) => (error as { errno?: number }).errno === 1045,

  async setOwn(connection, pending) {
    await connection.query(`SET PASSWORD = PASSWORD(${quoted(pending.password)})`);
    await connection.commit();
  },

  async setOther(admin, current, pending) {
    const [base, clone] = [quoted(current.username), quoted(pending.username)];
    const [grants] = await admin.query<RowDataPacket[]>(`SHOW GRANTS FOR ${base}`);
    // Each grant of the one becomes the other's, with its password in it.
    for (const row of grants) {
      const [grant] = String(Object.values(row)[0]).split(" TO ");
      await admin.query(`${grant} TO ${clone} IDENTIFIED BY ${quoted(pending.password)}`);
    }
    await admin.query(`SELECT ssl_type, ssl_cipher, x509_issuer, x509_subject FROM mysql.user WHERE User = ${base}`);
    await admin.query(`ALTER USER ${clone}@'%' REQUIRE NONE`);
    await admin.commit();
  },

  async test(connection) {
    await connection.query("SELECT NOW()");
    await connection.commit();
  },
});
