import type { Engine } from "../engine.js";
import { openWire } from "../mysql-wire/connect.js";
import { classify } from "../mysql-wire/errors.js";
import { session } from "./session.js";
import { accepts, loginsOf, name, traits } from "./traits.js";

export const mysql: Engine = {
  name,
  accepts,
  traits,
  loginsOf,
  classify,
  connect: async (request) =>
    session(await openWire(request, { engine: name, settings: "SESSION sql_mode = ''" }), request.credential.password),
};
