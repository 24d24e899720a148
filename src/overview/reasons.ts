/** Why a secret is in its state, where neither the product's own reasons nor an error's code says it. */
export const STATUS_REASONS = {
  Due: "Its schedule rotates it at the next run.",
  NoClock: "No clock starts its schedule: a person does, or it is turned off, or keyturn.yml does not have it.",
  Recovery: "A recovery brings to rest what an execution left that ended half-way.",
} as const;
