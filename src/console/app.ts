import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { methodNotAllowed } from "hono/method-not-allowed";
import { asset } from "./assets.js";
import type { Desk } from "./desk.js";
import type { Door } from "./door.js";
import { COOKIE, ENTRY, guard, headers, unkept } from "./guard.js";
import { notice } from "./pages/layout.js";
import type { Place } from "./place.js";
import { auditRoutes } from "./routes/audit.js";
import { executionRoutes } from "./routes/executions.js";
import { fleetRoutes } from "./routes/fleet.js";
import { secretRoutes } from "./routes/secrets.js";
import { selectionRoutes } from "./routes/selection.js";
import { storeRoutes } from "./routes/store.js";

/** Bytes of a form: a secret may have 65,536 of its own. */
const MOST_OF_FORM = 512 * 1024;

/** The console's server: what goes through `door` gets what `desk` has. */
export function consoleApp(desk: Desk, door: Door): Hono {
  const app = new Hono();
  const place = (): Place => ({ base: door.base, stage: desk.stage, where: desk.where, now: desk.clock() });
  app.use(headers, unkept, guard(door));
  app.use(bodyLimit({ maxSize: MOST_OF_FORM, onError: (context) => context.text("That is too much.\n", 413) }));
  app.use(methodNotAllowed({ app }));
  app.get(door.base + ENTRY, (context) => enter(context, door));
  app.get(`${door.base}/assets/:name`, (context) => {
    const found = asset(context.req.param("name"));
    return found ? context.body(found.bytes, 200, { "Content-Type": found.type }) : context.notFound();
  });
  for (const routes of [fleetRoutes, secretRoutes, executionRoutes, selectionRoutes, auditRoutes, storeRoutes])
    app.route(door.base, routes(desk, place));
  app.notFound((context) => context.html(notice(place(), "Not here", "There is no such page."), 404));
  app.onError((error, context) => {
    const { code, message } = desk.explain(error);
    return context.html(notice(place(), code, message), 500);
  });
  return app;
}

function enter(context: Context, door: Door): Response {
  const session = door.enter(context.req.query("token") ?? "");
  if (!session)
    return context.text("This URL was used, and is of use once. End the command and start it again.\n", 403);
  // Not `Secure`: it is http, on this machine alone.
  context.header("Set-Cookie", `${COOKIE}=${session}; Path=${door.base}/; HttpOnly; SameSite=Strict`);
  return context.redirect(`${door.base}/fleet`, 303);
}
