import type { Engine } from "../engine.js";
import { openWire } from "./connect.js";
import { classify } from "./errors.js";
import { session } from "./session.js";
import { accepts, loginsOf, name, traits } from "./traits.js";

export const oracle: Engine = {
  name,
  accepts,
  traits,
  loginsOf,
  classify,
  connect: async (request) => session(await openWire(request)),
};
