import { Hono } from "hono";
import { fleetView } from "../fleet-view.js";
import { fleetPage } from "../pages/fleet.js";
import { to } from "../place.js";
import type { Routes } from "./routes.js";

export const fleetRoutes: Routes = (desk, place) =>
  new Hono()
    .get("/fleet", async (context) => {
      const { q = "", state = "", schedule = "", engine = "", age = "", sort = "", page = "" } = context.req.query();
      const query = { q, state, schedule, engine, age, sort, page };
      const { secrets, isWhole, readAt, failed } = await desk.fleet();
      const view = fleetView(secrets, query, desk.clock());
      const trouble = failed === undefined ? undefined : desk.explain(failed);
      return context.html(fleetPage(place(), { view, query, isWhole, readAt, ...(trouble ? { trouble } : {}) }));
    })
    .post("/reload", (context) => {
      desk.reload();
      return context.redirect(to(place(), "/fleet"), 303);
    });
