import type { Sender } from "../gateway/resource-policies.js";

/** Brings an input to a target. Throws when the target does not take it. */
export type Deliver = (delivery: {
  readonly targetArn: string;
  readonly roleArn?: string;
  readonly input: string;
  readonly sender: Sender;
}) => Promise<void>;

/** What rules and schedules say about a target. */
export interface DeliveryOptions {
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number };
}

/**
 * Delivers in the background, tries again with growing waits, and puts what cannot be delivered into the dead-letter
 * queue. `speed`: how many times faster than in the cloud it waits.
 */
export function deliverer(deliver: Deliver, speed: number) {
  const underWay = new Set<Promise<void>>();
  let stopped = false;

  async function attempt(target: DeliveryOptions, input: string, sender: Sender): Promise<void> {
    const rest = { input, sender, ...(target.RoleArn ? { roleArn: target.RoleArn } : {}) };
    const most = Math.min(target.RetryPolicy?.MaximumRetryAttempts ?? 185, ATTEMPTS);
    for (let tries = 0; !stopped; tries += 1) {
      try {
        await deliver({ targetArn: target.Arn, ...rest });
        return;
      } catch (error) {
        if (isFinal(error) || tries >= most) break;
        await new Promise((resolve) => setTimeout(resolve, Math.min(1_000 * 2 ** tries, 60_000) / speed).unref());
      }
    }
    if (target.DeadLetterConfig && !stopped)
      await deliver({ targetArn: target.DeadLetterConfig.Arn, ...rest }).catch(() => undefined);
  }

  return {
    send(target: DeliveryOptions, input: string, sender: Sender): void {
      const delivery = attempt(target, input, sender).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop(): void {
      stopped = true;
    },
  };
}

/** Fewer than the 185 of the cloud, whose last waits are hours. */
const ATTEMPTS = 5;

/** What would be refused again. */
function isFinal(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && /AccessDenied|DoesNotExist|Invalid|AlreadyExists|NotFound/.test(code);
}
