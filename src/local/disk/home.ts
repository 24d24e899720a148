import type { Store } from "../service.js";

/** Where data is at home: its ARNs say so. */
interface Home {
  readonly region: string;
  readonly accountId: string;
}

/** Notes at the first start whose the data in `dir` is; throws at a later one that is for another region or account. */
export async function settle(store: Store, dir: string, { region, accountId }: Home): Promise<void> {
  const kept = (await store.get("home")) as Home | undefined;
  if (!kept) return store.put("home", { region, accountId });
  if (kept.region === region && kept.accountId === accountId) return;
  throw new Error(
    `The data in ${dir} is of ${kept.region} and account ${kept.accountId}, not of ${region} and ${accountId}. Choose another folder.`,
  );
}
