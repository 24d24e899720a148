import { UntagResourceCommand, UpdateSecretCommand } from "@aws-sdk/client-secrets-manager";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { listen } from "../../src/console/listen.js";
import { gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";
import { imaginedDesk, imaginedFleet, NOW } from "./imagined.js";
import { browserOrReason, fitsPhone, type Served, served } from "./pages.js";

const browser = await browserOrReason();
const postgres = inject("postgres");

if (typeof browser === "string") {
  it.skip(`the console in Chromium (optional: ${browser})`, () => undefined);
} else {
  inBrowser(browser);
}

function inBrowser(chromium: Browser): void {
  describe("the console, in Chromium", () => {
    const keyturn = useCloud();
    let console: Served;
    let page: Page;
    /** What the page's scripts, or its policy, complained of. */
    const complaints: string[] = [];

    beforeAll(async () => {
      console = await served(keyturn.cloud, postgres.caFile);
      page = await chromium.newPage({ viewport: { width: 1100, height: 800 } });
      page.on(
        "console",
        (message) => message.type() === "error" && !message.text().includes("422") && complaints.push(message.text()),
      );
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
      // A machine may be busy; the tests have a limit of their own.
      page.setDefaultTimeout(600_000);
      await page.goto(console.url);
    });
    afterAll(async () => {
      await chromium.close();
      expect(await console.end()).toBe(0);
      expect(complaints).toEqual([]);
    });

    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
    const heading = () => page.getByRole("heading", { level: 1 }).textContent();
    const at = (path: string, id?: string) =>
      `${new URL(console.url).href.replace(/\/enter.*/, "")}${path}${id ? `?id=${encodeURIComponent(id)}` : ""}`;
    /** For docs/console.md, where it is asked for. */
    const shot = async (name: string, colorScheme: "light" | "dark", part?: string) => {
      const folder = process.env.KEYTURN_SCREENSHOTS;
      if (!folder) return;
      await page.emulateMedia({ colorScheme });
      await (part ? page.locator(part) : page).screenshot({ path: `${folder}/${name}.png` });
      await page.emulateMedia({ colorScheme: null });
    };

    it("goes from an empty account to a rotated secret", async () => {
      const login = await createLogin();
      expect(new URL(page.url()).search).toBe("");
      // A list that takes its time is shown as far as it is read, and read again.
      await page.getByText("rotates no secret yet").waitFor();
      await fitsPhone(page);
      await page.getByRole("link", { name: "Store a secret" }).last().click();

      await page.getByLabel("PostgreSQL", { exact: true }).check();
      await press("Go on");
      await page.getByLabel("On which host").fill(postgres.host);
      await page.getByLabel("On which port?").fill("a port");
      await page.getByLabel("What is the user called?").fill(login.username);
      await page.getByLabel("And the password?").fill("not the password");
      await press("Go on");
      expect(await page.getByRole("alert").textContent()).toContain("A port is a whole number from 1 to 65535.");
      // What is secret does not come back, and need not be typed again.
      expect(await page.getByLabel("And the password?").inputValue()).toBe("");
      expect(await page.content()).not.toContain("not the password");
      await fitsPhone(page);
      await page.getByLabel("On which port?").fill(String(postgres.port));
      await press("Go on");
      await page.getByLabel("What is the secret to be called?").fill("shop/orders");
      await page.getByLabel("Which tags does it get?").fill("team=payments");
      await press("Go on");
      await press("Go on");
      await page.getByLabel("nightly", { exact: true }).check();
      await press("Go on");
      await page.getByLabel("Single user").check();
      await press("Go on");

      expect(await page.locator("main").textContent()).toContain("shop/orders");
      await press("Store it");
      expect(await page.getByRole("alert").textContent()).toContain("Nothing was stored");
      await page.getByRole("link", { name: "Credential" }).click();
      await page.getByLabel("And the password?").fill(login.password);
      await press("Go on");
      for (let step = 0; step < 3; step += 1) await press("Go on");
      await press("Store it");

      expect(await heading()).toBe("shop/orders");
      await page.getByLabel("Reason").fill("first rotation");
      await press("Rotate now");
      expect(await heading()).toBe("Rotation of shop/orders");
      await page.locator(".notice", { hasText: "succeeded" }).waitFor();
      expect(await letsIn(login)).toBe(false);
      expect(await letsIn(await keyturn.value("shop/orders"))).toBe(true);
      await fitsPhone(page);
      const lit = await page.locator(".machine g.lit").allTextContents();
      expect(lit.some((text) => text.includes("Finish secret"))).toBe(true);

      await page.getByRole("link", { name: "Fleet" }).click();
      await page.getByRole("row", { name: /shop\/orders/ }).waitFor();
      await fitsPhone(page);
      await page.getByRole("link", { name: "Audit" }).click();
      await page.getByRole("row", { name: /first rotation/ }).waitFor();
    });

    it("shows a rotation that fails, explains it, and tries again", async () => {
      const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:probe": "select missing" });
      // What an owner may write, who would like to have the page do something.
      const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
      await keyturn.secrets().send(new UpdateSecretCommand({ SecretId: secret, Description: evil }));
      await page.goto(at("/secret", secret));
      await page.locator("dd", { hasText: evil }).waitFor();

      await press("Rotate now");
      await page.locator("#how .notice.failing").waitFor();
      const told = (await page.locator("#how").textContent()) ?? "";
      expect(told).toContain("rolled back");
      expect(told).toContain("ProbeFailed");
      expect(told).toContain("Run it as the login");
      expect(await page.locator(".machine g.failing text").allTextContents()).toEqual([
        "✘ Test secret",
        "✘ Rotation failed",
      ]);
      expect(await page.locator(".machine g.due title").textContent()).toBe("Roll back: rolled back");
      await shot("rotation-dark", "dark");
      await shot("machine-light", "light", "#machine");
      await fitsPhone(page);
      const failed = page.url();
      await page.goto(at("/fleet"));
      await page.getByRole("row", { name: /failing.*ProbeFailed/ }).waitFor();

      await keyturn.secrets().send(new UntagResourceCommand({ SecretId: secret, TagKeys: ["keyturn:probe"] }));
      keyturn.cloud.inject({ match: invokes("test-secret"), when: "before", kind: "throttle", times: 1 });
      await page.goto(failed);
      await press("Try again");
      await page.locator("#how .notice.ok").waitFor();
      expect(await page.locator(".machine g.retrying title").textContent()).toBe("Test secret: passed, 2 tries");
      expect(await letsIn(await keyturn.value(secret))).toBe(true);
      const [record] = await keyturn.records(secret);
      expect(record).toMatchObject({
        outcome: "succeeded",
        requestedBy: "arn:aws:iam::000000000000:root",
        requestReason: expect.stringContaining("again, after ProbeFailed"),
      });
    });

    it("is live: a rotation that is under way is seen to go on", async () => {
      const secret = await keyturn.secretFor(await createLogin());
      const { open, opened } = gate();
      keyturn.cloud.inject({ match: invokes("set-secret"), when: "before", kind: "hold", until: opened, times: 1 });
      await page.goto(at("/secret", secret));
      await press("Rotate now");
      await page.locator(".machine g.now", { hasText: "Set secret" }).waitFor();
      expect(await page.locator("#how").textContent()).toContain("Set");
      open();
      await page.locator("#how .notice.ok").waitFor();
    });

    it("rotates a selection by one request, and pauses", async () => {
      const secrets = [await keyturn.secretFor(await createLogin()), await keyturn.secretFor(await createLogin())];
      await page.goto(at("/fleet"));
      for (const secret of secrets) await page.locator(`input[value="${secret}"]`).check();
      expect(await page.locator("#picked").textContent()).toBe("2 selected");
      await press("Rotate those selected …");
      await page.getByLabel("Reason").fill("drill");
      await press("Rotate 2 secrets");
      await page.getByText("2 rotated, 0 skipped, 0 failed").first().waitFor();
      for (const secret of secrets) {
        const [record] = await keyturn.records(secret);
        expect(record).toMatchObject({
          outcome: "succeeded",
          requestReason: "drill",
          run: expect.stringMatching(/^request /),
        });
      }
      await page.goto(at("/secret", secrets[0]));
      await press("Pause");
      await page.locator(".notice.paused").waitFor();
      await press("Dry run");
      await page.getByText("A rotation would go well").waitFor();
      await fitsPhone(page);
      await page.goBack();
      await press("Unpause");
      await page.locator(".notice.ok").waitFor();
    });

    it("shows ten thousand secrets at a glance, and on a phone", async () => {
      for (const [count, name] of [
        [72, "fleet"],
        [10_000, "ten-thousand"],
      ] as const) {
        const fleet = { secrets: imaginedFleet(count), isWhole: true, readAt: NOW };
        const listening = await listen(imaginedDesk({ fleet: async () => fleet }), 0);
        await page.goto(listening.url);
        expect(await page.locator("main").textContent()).toContain(`${count.toLocaleString("en")} secrets.`);
        await page.getByRole("link", { name: /needs attention \d/ }).click();
        await page
          .getByRole("row", { name: /needs attention/ })
          .nth(1)
          .waitFor();
        expect(await page.getByRole("row", { name: /failing/ }).count()).toBe(0);
        await page.goBack();
        await shot(`${name}-light`, "light");
        await shot(`${name}-dark`, "dark");
        await fitsPhone(page, () => shot(`${name}-phone`, "dark"));
        await page.goto("about:blank");
        await listening.close();
      }
    });

    it("works by keyboard, and the focus is seen", async () => {
      await page.goto(at("/fleet"));
      await page.keyboard.press("Tab");
      expect(await page.evaluate<string>("document.activeElement.textContent")).toBe("Skip to the content");
      expect(await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
      await page.keyboard.press("Enter");
      expect(await page.evaluate<string>("document.activeElement.id")).toBe("main");
      // Every stop is another one, and the last leads out of the page again.
      const stops = new Set<string>();
      for (let stop = 0; stop < 200; stop += 1) {
        await page.keyboard.press("Tab");
        const where = await page.evaluate<string>("document.activeElement.outerHTML.slice(0, 400)");
        if (where.startsWith("<body")) break;
        expect(stops).not.toContain(where);
        stops.add(where);
      }
      expect(stops.size).toBeGreaterThan(10);
      expect([...stops].some((stop) => stop.includes("Read again"))).toBe(true);
    });
  });
}
