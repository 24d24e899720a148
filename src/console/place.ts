/** Where pages stand, and of what they tell. */
export interface Place {
  /** What every path begins with. */
  readonly base: string;
  readonly stage: string;
  /** As a person knows it: the region, or that it is the embedded cloud. */
  readonly where: string;
  readonly now: Date;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** A path of the console, as a link has it; what is undefined or empty is left out. */
export function to({ base }: Place, path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "") search.set(name, `${value}`);
  return `${base}${path}${search.size > 0 ? `?${search}` : ""}`;
}
