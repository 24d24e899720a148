// A service on PostgreSQL whose credential rotates while it runs. Says over HTTP as whom it is logged in.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { credentials, pgPool } from "@keyturn/client";
import pg from "pg";

const { SECRET_ID = "shop/orders", PGSSLROOTCERT = "", PORT = "3000" } = process.env;

const orders = credentials({
  secretId: SECRET_ID,
  onReadFailed: (error) => console.error(error.message),
});
const pool = pgPool(pg, orders, {
  max: 5,
  ssl: { ca: readFileSync(PGSSLROOTCERT) },
  // Rotations leave open connections alone, so that each is still who it was when it was opened: not for ever. So short
  // that the change can be watched; a service may say 900.
  maxLifetimeSeconds: 10,
});
// pg's pool tells of idle connections that the server ended, and opens others. Unheard, it would end the process.
pool.on("error", (error) => console.error(`A connection was lost: ${error.message}`));

const server = createServer(async (_, response) => {
  try {
    const { rows } = await pool.query("SELECT session_user AS login, now() AS at");
    response.writeHead(200, { "content-type": "application/json" }).end(`${JSON.stringify(rows[0])}\n`);
  } catch (error) {
    console.error(error);
    response.writeHead(503).end();
  }
});
server.once("error", ({ code, message }) => {
  console.error(code === "EADDRINUSE" ? `Port ${PORT} is taken. Choose another: PORT=3001 npm start` : message);
  process.exitCode = 1;
});
server.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => server.close(() => pool.end()));
}
