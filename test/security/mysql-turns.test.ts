import { afterAll, describe, it } from "vitest";
import { startMysql } from "../../stage/servers/mysql.js";
import { useCloud } from "../tools/cloud.js";
import { stageOn } from "./mysql-stage.js";
import { attacksOnTurns } from "./mysql-turns.js";

// Debian's unstable release moves, so this server is optional; that it did not run is said aloud.
const server = await startMysql().catch((error: Error) => error);
if (server instanceof Error) {
  describe.skip(`MySQL (optional: ${server.message.split("\n")[0]})`, () => {
    it("did not run", () => undefined);
  });
} else {
  afterAll(() => server.stop());
  const keyturn = useCloud({ caFile: server.caFile });
  const stage = await stageOn("mysql", server);
  describe(`attacks on turns on MySQL ${server.version}`, () => {
    attacksOnTurns(keyturn, stage, server);
  });
}
