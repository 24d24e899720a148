import type { Refresh } from "../../../src/rotation/consumers.js";
import type {
  AuditRecord,
  Holder,
  LastRotation,
  Ledger,
  OutsideChange,
  RetirementRecord,
} from "../../../src/rotation/ledger.js";

/** What the ledger knows of one secret. */
export interface Noted {
  holder?: Holder | undefined;
  last?: LastRotation | undefined;
  retiredVersionId?: string | undefined;
  /** What the holder of the lock writes, and what it would go back to. */
  versionId?: string | undefined;
  backVersionId?: string | undefined;
  door?: string | undefined;
  /** What the secret has claimed before. */
  claimed?: readonly string[];
  /** Which secret claims a login. */
  readonly claims: Map<string, string>;
  readonly records: AuditRecord[];
  readonly retirements: RetirementRecord[];
  readonly changes: OutsideChange[];
  /** When a consumer was told last. */
  readonly refreshes: Map<string, Refresh>;
}

export const SEED = "a seed";

/** The ledger of one secret, in memory. What it knows is in `noted`, for whoever looks on. */
export function imaginedLedger(noted: Noted): Ledger {
  const given = (holder: Holder) => {
    noted.holder = holder;
    const { last, retiredVersionId, versionId, backVersionId, door, claimed = [] } = noted;
    return {
      acquired: true as const,
      claims: claimed,
      seed: SEED,
      ...(last ? { last } : {}),
      ...(retiredVersionId ? { retiredVersionId } : {}),
      ...(versionId ? { versionId } : {}),
      ...(backVersionId ? { backVersionId } : {}),
      ...(door ? { door } : {}),
    };
  };
  const isHeldBy = (executionArn: string) => noted.holder?.executionArn === executionArn;

  /** Writes what is not there yet. */
  function written<Kept extends { executionArn: string }>(kept: Kept[], record: Kept) {
    const before = kept.find(({ executionArn }) => executionArn === record.executionArn);
    if (!before) kept.push(record);
    return { recorded: !before, record: before ?? record };
  }

  return {
    async acquire(_, to) {
      if (noted.holder && !isHeldBy(to.executionArn)) return { acquired: false, holder: noted.holder };
      return given(to);
    },
    async takeOver(_, from, to) {
      if (noted.holder && !isHeldBy(from.executionArn)) return { acquired: false, holder: noted.holder };
      return given(to);
    },
    async noteBegin(_, executionArn, { door, versionId, backVersionId }) {
      if (isHeldBy(executionArn)) Object.assign(noted, { door, versionId, backVersionId });
    },
    async look() {
      const { holder, versionId, last } = noted;
      return {
        seed: SEED,
        ...(holder ? { holder } : {}),
        ...(versionId ? { versionId } : {}),
        ...(last ? { last } : {}),
      };
    },
    async claimant(login) {
      const claimedBy = noted.claims.get(login);
      return claimedBy ? { claimedBy } : {};
    },
    async claim(arn, logins, replacing = arn) {
      const other = logins.map((login) => noted.claims.get(login)).find((by) => by && by !== arn && by !== replacing);
      if (other) return { claimedBy: other };
      for (const login of logins) noted.claims.set(login, arn);
      return {};
    },
    record: async (record) => written(noted.records, record),
    recordRetirement: async (record) => written(noted.retirements, record),
    async recordChange(change) {
      const isKnown = noted.changes.some(({ versionId }) => versionId === change.versionId);
      if (!isKnown) noted.changes.push(change);
      return { recorded: !isKnown };
    },
    rotation: async (_, arn) => noted.records.find(({ executionArn }) => executionArn === arn),
    async remember(_, executionArn, last, claims) {
      const held = isHeldBy(executionArn);
      if (held && last) Object.assign(noted, { last, ...(claims ? { claimed: claims } : {}) });
      return { held, release: "an update" };
    },
    async closeRetirement(_, executionArn, retiredVersionId) {
      if (!isHeldBy(executionArn)) return;
      noted.holder = undefined;
      if (retiredVersionId) noted.retiredVersionId = retiredVersionId;
    },
    refreshOf: async (consumer) => noted.refreshes.get(consumer),
    unsettled: () => Promise.reject(new Error("not imagined")) as never,
    lastOf: () => Promise.reject(new Error("not imagined")),
  };
}
