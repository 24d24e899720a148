import { type Context, Hono } from "hono";
import { mistakesIn } from "../../storing/checks.js";
import { reviewOf } from "../../storing/review.js";
import { traitsOf, typeNamed } from "../../storing/types.js";
import { answered } from "../answers.js";
import { notice } from "../pages/layout.js";
import { reviewPage, stepPage } from "../pages/store.js";
import { to } from "../place.js";
import { drafts, mistakesOf, pruned, questionsOf, STEPS, stepAfter, stepNamed } from "../walk.js";
import { type Routes, text } from "./routes.js";

/** The walk: each step is answered by a POST and leads to the next; the answers stay in this process. */
export const storeRoutes: Routes = (desk, place) => {
  const kept = drafts(desk.clock);
  const gone = (context: Context) =>
    context.html(
      notice(place(), "Begin again", "What was answered is no longer here: it was stored, or half an hour has passed."),
      410,
    );
  return new Hono()
    .get("/store", (context) => {
      const draft = kept.begin();
      return context.redirect(to(place(), "/store/step", { draft, step: STEPS[0].name }), 303);
    })
    .get("/store/step", async (context) => {
      const { draft: draftName = "", step: stepName = "" } = context.req.query();
      const [draft, step] = [kept.find(draftName), stepNamed(stepName)];
      if (!draft || !step) return gone(context);
      const questions = questionsOf(step, draft, await desk.offered());
      return context.html(stepPage(place(), { draftName, step, questions, draft, mistakes: [] }));
    })
    .post("/store", async (context) => {
      const form = await context.req.parseBody({ all: true });
      const draftName = text(form, "draft");
      const [before, step] = [kept.find(draftName), stepNamed(text(form, "step"))];
      if (!before || !step) return gone(context);
      const offered = await desk.offered();
      const asked = questionsOf(step, before, offered);
      const draft = pruned(answered(before, asked, form), offered);
      kept.keep(draftName, draft);
      const questions = questionsOf(step, draft, offered);
      // An answer may lead to a question of the same step, which nobody has seen yet.
      const isNew = questions.some(({ key }) => !asked.some((one) => one.key === key));
      const mistakes = isNew ? [] : mistakesOf(step, draft, offered);
      if (isNew || mistakes.length > 0)
        return context.html(stepPage(place(), { draftName, step, questions, draft, mistakes }), isNew ? 200 : 422);
      const next = stepAfter(step, draft, offered);
      return context.redirect(
        next
          ? to(place(), "/store/step", { draft: draftName, step: next.name })
          : to(place(), "/store/review", { draft: draftName }),
        303,
      );
    })
    .get("/store/review", async (context) => {
      const { draft: draftName = "" } = context.req.query();
      const draft = kept.find(draftName);
      if (!draft) return gone(context);
      const offered = await desk.offered();
      // Whoever comes here by the address line, with steps left out.
      const step = STEPS.find((one) => mistakesOf(one, draft, offered).length > 0);
      if (step) return context.redirect(to(place(), "/store/step", { draft: draftName, step: step.name }), 303);
      return context.html(reviewPage(place(), { draftName, review: reviewOf(draft, offered) }));
    })
    .post("/store/it", async (context) => {
      const form = await context.req.parseBody();
      const draftName = text(form, "draft");
      const draft = kept.find(draftName);
      if (!draft) return gone(context);
      const offered = await desk.offered();
      if (mistakesIn(draft, offered).length > 0)
        return context.redirect(to(place(), "/store/review", { draft: draftName }), 303);
      const isTried = traitsOf(typeNamed(draft.type)) !== undefined && text(form, "skipLogin") !== "yes";
      let isIn = !isTried;
      try {
        if (isTried) await desk.tryLogin(draft);
        isIn = true;
        // A draft's name is a UUID, so that one who presses twice stores once.
        const { arn } = await desk.store(draft, draftName);
        kept.forget(draftName);
        desk.reload();
        return context.redirect(to(place(), "/secret", { id: arn }), 303);
      } catch (error) {
        const refusal = { ...desk.explain(error), isOfLogin: !isIn };
        return context.html(reviewPage(place(), { draftName, review: reviewOf(draft, offered), refusal }), 422);
      }
    });
};
