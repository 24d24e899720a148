import type { PasswordReport } from "../engine.js";
import type { Wire } from "./connect.js";

/**
 * The server keeps `pwd` out of its logs and profiles. Of the own user it needs the action `changeOwnPassword`, which few of the
 * built-in roles have: else an admin does it.
 */
export async function setPassword(wire: Wire, username: string, password: string): Promise<PasswordReport> {
  await wire.command({ updateUser: username, pwd: password });
  return { sentAs: "masked" };
}
