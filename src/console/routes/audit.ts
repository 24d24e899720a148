import { Hono } from "hono";
import { auditPage } from "../pages/audit.js";
import type { Routes } from "./routes.js";

export const auditRoutes: Routes = (desk, place) =>
  new Hono().get("/audit", async (context) => {
    const { secret = "", outcome = "", reason = "", from = "", to = "" } = context.req.query();
    const search = { secret: secret.trim(), outcome, reason: reason.trim(), from, to };
    return context.html(auditPage(place(), search, await desk.audit(search)));
  });
