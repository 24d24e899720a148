import type { StrategyName } from "../../engines/engine.js";
import type { RotatePlan } from "../plans.js";
import { alternatingUsers } from "./alternating-users.js";
import { dualPassword } from "./dual-password.js";
import { singleUser } from "./single-user.js";
import type { Strategy } from "./strategy.js";

const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  "single-user": singleUser,
  "alternating-users": alternatingUsers,
  "dual-password": dualPassword,
};

export function isStrategy(name: string): name is StrategyName {
  return Object.hasOwn(STRATEGIES, name);
}

export function strategyOf(plan: Pick<RotatePlan, "strategy">): Strategy {
  return STRATEGIES[plan.strategy];
}
