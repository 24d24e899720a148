import { Hono } from "hono";
import { MOST_OF_SELECTION } from "../../fleet/request.js";
import { notice } from "../pages/layout.js";
import { selectionPage } from "../pages/selection.js";
import { to } from "../place.js";
import { type Routes, texts, whyIn } from "./routes.js";

export const selectionRoutes: Routes = (desk, place) =>
  new Hono()
    .post("/selection", async (context) => {
      const ids = new Set(texts(await context.req.parseBody({ all: true }), "id"));
      const { secrets } = await desk.fleet();
      const chosen = secrets.filter(({ arn }) => ids.has(arn));
      const refusal = refusalOf(chosen.map(({ arn }) => arn));
      if (refusal) return context.html(notice(place(), "Nothing was started", refusal), 400);
      return context.html(selectionPage(place(), chosen));
    })
    .post("/selection/rotate", async (context) => {
      const form = await context.req.parseBody({ all: true });
      const ids = texts(form, "id");
      const refusal = refusalOf(ids);
      if (refusal) return context.html(notice(place(), "Nothing was started", refusal), 400);
      const execution = await desk.rotateMany(ids, whyIn(form));
      return context.redirect(to(place(), "/execution", { id: execution }), 303);
    });

function refusalOf(ids: readonly string[]): string | undefined {
  if (ids.length === 0) return "No secret was selected. Go back, and select some.";
  const bytes = Buffer.byteLength(JSON.stringify({ list: ids }));
  return bytes > MOST_OF_SELECTION
    ? `${ids.length} secrets are more than one request takes. Select fewer, or ask for them by tag or schedule: keyturn rotate --help.`
    : undefined;
}
