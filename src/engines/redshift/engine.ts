import type { Engine } from "../engine.js";
import { classify } from "../postgres-wire/errors.js";
import { openWire } from "./connect.js";
import { session } from "./session.js";
import { accepts, loginsOf, name, traits } from "./traits.js";

export const redshift: Engine = {
  name,
  accepts,
  traits,
  loginsOf,
  classify,
  connect: async (request) => session(await openWire(request)),
};
