import { withTable } from "../tables/markdown.js";
import { quotaTable, scaleTable } from "./table.js";

/** The page with the tables of now between its marks. */
export async function scalePage(page: string): Promise<string> {
  const scaled = withTable(page, "what a run comes to, by npm run scale", await scaleTable());
  return withTable(scaled, "what AWS allows, by npm run scale", quotaTable());
}
