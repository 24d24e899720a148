import { inject } from "vitest";
import { toolsFor } from "../../stage/postgres-tools.js";

export { freshName, type Login, toolsFor } from "../../stage/postgres-tools.js";

export const { createLogin, createAdmin, asSuperuser, connected, letsIn, logins } = toolsFor(inject("postgres"));
