import type { Consumers, Target } from "../../rotation/consumers.js";
import { fromAws } from "../errors.js";
import type { Way } from "./way.js";

/**
 * The services that consumers run on. What they answer stays here: of a function that is its environment, of a command what it
 * printed, and values may be in both. Each client is loaded when it is first needed.
 */
export function consumers(): Consumers {
  return {
    start: (target, at) =>
      said(target, "Having the consumer take up the new credential", (way) => way.start(target, at)),
    look: (target, refresh) => said(target, "Looking how far the consumer is", (way) => way.look(target, refresh)),
  };
}

async function said<Answer>(
  target: Target,
  doing: string,
  call: (way: Way<Target>) => Promise<Answer>,
): Promise<Answer> {
  const way = (await WAYS[target.kind]()) as Way<Target>;
  try {
    return await call(way);
  } catch (error) {
    throw fromAws(error, doing, way.errors);
  }
}

const WAYS = {
  ecs: async () => (await import("./ecs.js")).ecs,
  lambda: async () => (await import("./lambda.js")).lambda,
  ssm: async () => (await import("./ssm.js")).ssm,
  webhook: async () => WEBHOOK,
} as const satisfies Record<Target["kind"], () => Promise<unknown>>;

/** There is nothing to call: the machine's announcement is brought there. */
const WEBHOOK: Way<Target> = {
  start: async () => "announced",
  look: async () => "done",
  errors: {},
};
