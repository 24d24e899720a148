import type { Engine } from "../engine.js";
import { openWire } from "../mysql-wire/connect.js";
import { classify } from "../mysql-wire/errors.js";
import { session } from "./session.js";
import { accepts, loginsOf, name, traits } from "./traits.js";

/** Without the mode, GRANT makes an account that is not there, without a password. Hashes are of the present kind. */
const SETTINGS = "SESSION sql_mode = 'NO_AUTO_CREATE_USER', SESSION old_passwords = 0";

export const mariadb: Engine = {
  name,
  accepts,
  traits,
  loginsOf,
  classify,
  connect: async (request) => session(await openWire(request, { engine: name, settings: SETTINGS })),
};
