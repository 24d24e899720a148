import { afterAll } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { startPostgres15 } from "../../../stage/servers/postgres-15.js";
import { contract } from "../contract.js";
import { postgresTarget } from "./target.js";

const server = await startPostgres15();
afterAll(() => server.stop());

contract(postgresTarget(await engineFor("postgres"), { ...server, caFile: server.caFile ?? "" }));
