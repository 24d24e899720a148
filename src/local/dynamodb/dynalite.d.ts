// The parts of dynalite behind its HTTP server, which asks nobody who he is.

declare module "dynalite/db/index.js" {
  export interface Store {
    readonly lifecycleManager: { gracefulClose(): Promise<void> };
  }
  const db: {
    create(options: { path: string; createTableMs: number; deleteTableMs: number; updateTableMs: number }): Store;
  };
  export default db;
}

declare module "dynalite/validations/index.js" {
  import type { Store } from "dynalite/db/index.js";

  const validations: {
    /** Gives the input without what the operation does not know. Throws a `Failure`. */
    checkTypes(input: object, types: unknown): object;
    /** Throws a `Failure`. */
    checkValidations(input: object, types: unknown, custom: unknown, store: Store): void;
  };
  export default validations;
}
