import { type Context, Hono } from "hono";
import { notice } from "../pages/layout.js";
import { secretPage } from "../pages/secret.js";
import { to } from "../place.js";
import { type Routes, text, whyIn } from "./routes.js";

export const secretRoutes: Routes = (desk, place) => {
  const asked = async (context: Context) => {
    const form = await context.req.parseBody();
    return { id: text(form, "id"), why: whyIn(form) };
  };
  const started = (context: Context, execution: string) =>
    context.redirect(to(place(), "/execution", { id: execution }), 303);
  return new Hono()
    .get("/secret", async (context) => {
      const { id = "", before } = context.req.query();
      const secret = await desk.secret(id, before);
      if (secret) return context.html(secretPage(place(), secret, before !== undefined));
      const missing = `${id} is no secret that the deployment ${desk.stage} rotates. Its tags keyturn:stage and keyturn:schedule would make it one.`;
      return context.html(notice(place(), "Not here", missing), 404);
    })
    .post("/secret/check", async (context) => {
      const { id } = await asked(context);
      return started(context, await desk.check(id));
    })
    .post("/secret/rotate", async (context) => {
      const { id, why } = await asked(context);
      return started(context, await desk.rotate(id, why));
    })
    .post("/secret/pause", async (context) => {
      const { id } = await asked(context);
      await desk.pause(id);
      return context.redirect(to(place(), "/secret", { id }), 303);
    })
    .post("/secret/unpause", async (context) => {
      const { id } = await asked(context);
      await desk.unpause(id);
      return context.redirect(to(place(), "/secret", { id }), 303);
    });
};
