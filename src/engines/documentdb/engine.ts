import type { Engine } from "../engine.js";
import { classify } from "./errors.js";
import { session } from "./session.js";
import { accepts, loginsOf, name, traits } from "./traits.js";
import { openWire } from "./wire.js";

export const documentdb: Engine = {
  name,
  accepts,
  traits,
  loginsOf,
  classify,
  connect: async (request) => session(await openWire(request)),
};
