import { Hono } from "hono";
import { executionPage } from "../pages/execution.js";
import { notice } from "../pages/layout.js";
import type { Routes } from "./routes.js";

export const executionRoutes: Routes = (desk, place) =>
  new Hono().get("/execution", async (context) => {
    const { id = "" } = context.req.query();
    const seen = await desk.execution(id);
    if (!seen)
      return context.html(
        notice(place(), "Not here", `${id} is no execution of this deployment; or it ended more than 90 days ago.`),
        404,
      );
    return context.html(executionPage(place(), seen));
  });
