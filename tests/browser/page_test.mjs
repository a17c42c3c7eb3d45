/* The page of stories, in a browser: what it shows, how it is used, and that it asks the network for
 * nothing.  Screenshots are left in build/browser for people to look at.
 * Usage: page_test.mjs PICTURES     (from the root of the tree) */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { opener, openBrowser, outputOf, runAll } from "./browser.mjs";
import { findOverflow, findPoorContrast } from "./inspect.mjs";

const SAMPLES = 6; // STORY_SAMPLES of tests/support/story.h
const pictures = process.argv[2];
const { browser, folder } = await openBrowser();
const shots = "build/browser/shots";
mkdirSync(shots, { recursive: true });

const html = outputOf(pictures, "page");
writeFileSync(join(folder, "page.html"), html);
for (let i = 0; i < SAMPLES; i++)
  writeFileSync(join(folder, `${i}.svg`), outputOf(pictures, "svg", String(i)));

const { open, requests, complaints } = opener(browser, folder);

const WIDTHS = [
  ["desktop", { width: 1280, height: 900 }],
  ["phone", { width: 360, height: 780 }],
];
const nothing = (list) => assert.deepEqual(list, [], list.slice(0, 12).join("\n"));
const visible = (page, chapter) =>
  page
    .locator(`#${chapter} .row`)
    .evaluateAll((all) =>
      all.filter((r) => r.style.display !== "none").map((r) => Number(r.dataset.e)),
    );
const events = (page, chapter) =>
  page.evaluate((id) => {
    const chapter = chapters.find((c) => c.section.id === id);
    chapter.build();
    return JSON.parse(chapter.variants[0].data).events;
  }, chapter);
/* All of them, as for somebody who has seen the whole page. */
const build = (page) => page.evaluate(() => chapters.forEach((c) => c.build()));
const height = (page, chapter) =>
  page
    .locator(`#${chapter} .scroll svg`)
    .first()
    .evaluate((e) => e.getBoundingClientRect().height);

/* Both widths, both schemes. */
async function everywhere(file, check) {
  for (const [name, viewport] of WIDTHS) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(file, { viewport, colorScheme });
      await check(page, `${name}-${colorScheme}`);
      await page.close();
    }
  }
}

const desk = await open("page.html");

const cases = [
  [
    "no text overflows, at a desk and on a phone",
    () =>
      everywhere("page.html", async (page, name) => {
        await build(page);
        nothing(await page.evaluate(findOverflow));
        await page.screenshot({ path: join(shots, `page-${name}.png`), fullPage: true });
        for (const button of await page.locator(".choice button:last-child").all())
          await button.click();
        nothing(await page.evaluate(findOverflow));
      }),
  ],

  [
    "every text has contrast, in light and in dark",
    () =>
      everywhere("page.html", async (page) => {
        await build(page);
        nothing(await page.evaluate(findPoorContrast));
      }),
  ],

  [
    "a picture of its own is sound, fits and has contrast",
    async () => {
      for (let i = 0; i < SAMPLES; i++) {
        for (const colorScheme of ["light", "dark"]) {
          const page = await open(`${i}.svg`, {
            viewport: { width: 1200, height: 900 },
            colorScheme,
          });
          assert.equal(await page.evaluate(() => document.documentElement.tagName), "svg");
          assert.equal(await page.locator("parsererror, script").count(), 0);
          nothing(await page.evaluate(findPoorContrast));
          nothing(await page.evaluate(findOverflow));
          await page.close();
        }
      }
    },
  ],

  [
    "a click on a segment tells of its header, bytes, verdict and why",
    async () => {
      const all = await events(desk, "sc-05");
      const fin = all.findIndex((e) => e.rule === "SA-08");
      await desk.locator(`#sc-05 .row[data-e="${fin}"]`).click();
      const panel = desk.locator(".detail");
      const text = await panel.innerText();
      for (const words of [
        "FIN seq=28 ack=13",
        "SA-08 not a new FIN",
        "sequence number",
        "206.168.112.219",
        "value 7001500",
        "each FIN that came again was answered",
        "arrived, at 1.550 s",
        "what was first sent at 1.200 s",
      ])
        assert.ok(text.includes(words), `${words} is not in:\n${text}`);
      assert.equal(await panel.locator(".hex span").count(), all[fin].hex.length / 2);
      await desk.screenshot({ path: join(shots, "detail-desktop.png") });
      await panel.locator("tr", { hasText: "sequence number" }).hover();
      assert.equal(await panel.locator(".hex .on").count(), 4);
      assert.equal(
        await panel
          .locator(".hex .on")
          .allInnerTexts()
          .then((t) => parseInt(t.join(""), 16)),
        all[fin].seg[0],
      );
      await panel.getByRole("button", { name: "Close" }).click();
      assert.ok(await panel.isHidden());
    },
  ],

  [
    "everything can be done by keyboard, and the focus can be seen",
    async () => {
      const page = await open("page.html#sc-08");
      await page.locator("#sc-08 .row").first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      const focused = () => page.evaluate(() => document.activeElement.dataset.e);
      assert.equal(await focused(), "2");
      const stroke = await page
        .locator('#sc-08 .row[data-e="2"] .hit')
        .evaluate((e) => getComputedStyle(e).stroke);
      assert.notEqual(stroke, "none");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.className), "detail");
      assert.equal(await page.locator('#sc-08 .row[aria-expanded="true"]').count(), 1);
      await page.keyboard.press("Escape");
      assert.equal(await focused(), "2");
      await page.keyboard.press("End");
      assert.equal(Number(await focused()), (await events(page, "sc-08")).length - 1);
      await page.keyboard.press("/");
      assert.equal(await page.evaluate(() => document.activeElement.type), "search");
      await page.close();
    },
  ],

  [
    "each picture is one stop of the Tab key, and each row says what it is",
    async () => {
      await build(desk);
      const wrong = await desk.evaluate(() => {
        const pictures = [...document.querySelectorAll(".scroll > svg")].filter((s) =>
          s.querySelector(".row"),
        );
        const rows = [...document.querySelectorAll(".row")];
        return pictures
          .filter((s) => s.querySelectorAll('.row[tabindex="0"]').length !== 1)
          .map((s) => s.ariaLabel)
          .concat(
            rows
              .filter(
                (r) =>
                  r.getAttribute("role") !== "button" ||
                  !/^-?\d+\.\d{3} s, .*: ./.test(r.getAttribute("aria-label")),
              )
              .map((r) => r.getAttribute("aria-label")),
          );
      });
      nothing(wrong);
    },
  ],

  [
    "filters leave what was asked for",
    async () => {
      const page = await open("page.html");
      await build(page);
      const all = await events(page, "everything");
      const select = (name, value) =>
        page.locator(`#everything select[name=${name}]`).selectOption(value);
      const expect = async (keep) =>
        assert.deepEqual(
          await visible(page, "everything"),
          all.flatMap((e, i) => (keep(e) ? [i] : [])),
        );
      await select("conversation", "1");
      await expect((e) => e.c === undefined || e.c === 1);
      await select("conversation", "");
      await select("incarnation", "2");
      await expect((e) => !e.n || e.n === 2);
      await select("kind", { label: "segments" });
      await expect((e) => e.k <= 1 && (!e.n || e.n === 2));
      nothing(await page.evaluate(findOverflow));
      await select("incarnation", "");
      await select("kind", "");
      await expect(() => true);
      await page.close();
    },
  ],

  [
    "quiet stretches fold and unfold",
    async () => {
      const page = await open("page.html");
      await build(page);
      const tall = await height(page, "sc-05"),
        before = await visible(page, "sc-05");
      await page.locator("#sc-05 button[name=foldQuiet]").click();
      assert.equal((await visible(page, "sc-05")).length, before.length - 3);
      assert.ok((await height(page, "sc-05")) < tall);
      nothing(await page.evaluate(findOverflow));
      assert.equal(await page.locator("#sc-05 .fold text").innerHTML(), "3 quiet segments");
      await page.locator("#sc-05 .fold").focus();
      await page.keyboard.press("Enter");
      assert.deepEqual(await visible(page, "sc-05"), before);
      assert.equal(await height(page, "sc-05"), tall);
      await page.close();
    },
  ],

  [
    "waits unfold, and their places stay in order",
    async () => {
      const page = await open("page.html");
      await build(page);
      const tall = await height(page, "sc-08");
      await page.locator("#sc-08 button[name=stretch]").click();
      assert.ok((await height(page, "sc-08")) > tall + 300);
      nothing(await page.evaluate(findOverflow));
      const tops = await page
        .locator("#sc-08 .row .hit")
        .evaluateAll((all) => all.map((e) => e.getBoundingClientRect().top));
      assert.deepEqual(
        tops,
        tops.slice().sort((a, b) => a - b),
      );
      await page.locator("#sc-08 button[name=stretch]").click();
      assert.equal(await height(page, "sc-08"), tall);
      await page.close();
    },
  ],

  [
    "sliders choose the nearest of the runs that there are",
    async () => {
      const page = await open("page.html");
      await build(page);
      const shown = () =>
        page.locator("#sc-05 figure").evaluate((e) => `${e.dataset.msl}/${e.dataset.loss}`);
      const msl = page.locator("#sc-05 input[name=msl]"),
        loss = page.locator("#sc-05 input[name=loss]");
      assert.equal(await shown(), "30/0");
      await msl.focus();
      await page.keyboard.press("ArrowRight");
      assert.equal(await shown(), "60/0");
      assert.equal(await msl.getAttribute("aria-valuetext"), "60 s");
      await loss.focus();
      await page.keyboard.press("End");
      assert.equal(await shown(), "60/20");
      await msl.focus();
      await page.keyboard.press("Home"); // there is no run with 30 s and loss
      assert.equal(await shown(), "60/20");
      await loss.focus();
      await page.keyboard.press("Home");
      assert.equal(await shown(), "30/0");
      assert.ok((await visible(page, "sc-05")).length > 10);
      await page.close();
    },
  ],

  [
    "the twin stands alone or beside",
    async () => {
      const page = await open("page.html");
      await build(page);
      const figures = page.locator("#sc-08 .stories figure");
      assert.equal(await figures.count(), 1);
      await page.locator("#sc-08").getByRole("button", { name: "without TIME-WAIT" }).click();
      assert.equal(await figures.getAttribute("data-role"), "1");
      assert.equal(await page.locator("#sc-08 .card").count(), 2);
      await page.locator("#sc-08").getByRole("button", { name: "both" }).click();
      const [left, right] = await figures.evaluateAll((all) =>
        all.map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.right, r.top]),
      );
      assert.ok(left[1] <= right[0] && left[2] === right[2]);
      nothing(await page.evaluate(findOverflow));
      await page.locator("#sc-08 .stories").screenshot({ path: join(shots, "both-desktop.png") });
      await page.close();
    },
  ],

  [
    "search counts, marks and walks",
    async () => {
      const page = await open("page.html");
      const field = page.getByRole("searchbox");
      await field.fill("sa-08");
      const found = await page.locator(".row.found").count();
      assert.equal(found, 2);
      assert.equal(await page.locator(".tools output").innerText(), "2 found");
      for (const place of ["1 of 2", "2 of 2", "1 of 2"]) {
        await page.keyboard.press("Enter");
        assert.equal(await page.locator(".tools output").innerText(), place);
        assert.equal(await page.locator(".row.at").count(), 1);
      }
      const isSeen = () =>
        page.locator(".row.at").evaluate((e) => {
          const r = e.getBoundingClientRect();
          return r.top > 0 && r.bottom < window.innerHeight;
        });
      while (!(await isSeen())) await page.waitForTimeout(50);
      await field.fill("");
      assert.equal(await page.locator(".row.found").count(), 0);
      await page.close();
    },
  ],

  [
    "a link leads to a chapter, a variant and an event",
    async () => {
      let page = await open("page.html#sc-08");
      const top = await page.locator("#sc-08").evaluate((e) => e.getBoundingClientRect().top);
      assert.ok(Math.abs(top) < 100, `the chapter is at ${top}`);
      await page.locator("#sc-08").getByRole("button", { name: "without TIME-WAIT" }).click();
      await page.locator('#sc-08 .row[data-e="20"]').click();
      const link = await page.evaluate(() => location.hash);
      assert.equal(link, "#sc-08/role=1/e=20");
      const head = await page.locator(".detail h3").innerText();
      await page.close();
      page = await open(`page.html${link}`);
      assert.equal(await page.locator(".detail h3").innerText(), head);
      assert.equal(
        await page.locator("#sc-08 .row[aria-expanded=true]").getAttribute("data-e"),
        "20",
      );
      await page.close();
    },
  ],

  [
    "a phone shows the event that its panel tells of",
    async () => {
      const page = await open("page.html", { viewport: WIDTHS[1][1], hasTouch: true });
      await page.locator('#sc-05 .row[data-e="14"]').tap();
      const [row, panel] = await page.evaluate(() =>
        [".row[aria-expanded=true] .hit", ".detail"]
          .map((s) => document.querySelector(s).getBoundingClientRect())
          .map((r) => [r.top, r.bottom, r.width]),
      );
      assert.ok(row[0] > 50 && row[1] <= panel[0] + 1, `${row} under ${panel}`);
      assert.equal(panel[2], 360);
      await page.screenshot({ path: join(shots, "detail-phone.png") });
      await page.close();
    },
  ],

  [
    "without script all of it can be read",
    async () => {
      const page = await open("page.html", { javaScriptEnabled: false });
      assert.equal(await page.locator("main figure").count(), 6);
      assert.ok(await page.locator("#sc-08 figure").nth(1).locator(".row").first().isVisible());
      assert.equal(await page.locator(".controls, .tools").count(), 0);
      await page.close();
    },
  ],

  [
    "on paper there is the book and nothing to click",
    async () => {
      const page = await open("page.html", { colorScheme: "dark" });
      const pdf = await page.pdf({ format: "A4", path: join(shots, "page.pdf") });
      assert.ok(pdf.length > 10000);
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator(".tools").isVisible(), false);
      assert.equal(
        await page.evaluate(() => getComputedStyle(document.querySelector(".party")).fill),
        "rgb(27, 34, 48)",
      );
      await page.close();
    },
  ],

  [
    "what a story says is text, never markup",
    async () => {
      assert.equal(await desk.locator("#everything h2 b, #everything figure b").count(), 0);
      assert.ok(
        (await desk.locator("#everything h2").innerText()).includes('<b>&amp;"quotes"</b>'),
      );
      const note = (await events(desk, "everything")).findIndex((e) =>
        (e.what || "").includes("<b>"),
      );
      await desk.locator(`#everything .row[data-e="${note}"]`).click();
      assert.ok((await desk.locator(".detail h3").innerText()).includes('<b>&amp; "quoted"'));
      assert.equal(await desk.locator(".detail h3 b").count(), 0);
    },
  ],

  [
    "the page may not ask the network for anything",
    async () => {
      const blocked = await desk.evaluate(
        () =>
          new Promise((done) => {
            document.addEventListener("securitypolicyviolation", (e) => done(e.effectiveDirective));
            fetch("http://127.0.0.1:9/").catch(() => {});
          }),
      );
      assert.equal(blocked, "connect-src");
      complaints.splice(
        0,
        complaints.length,
        ...complaints.filter((c) => !c.includes("127.0.0.1:9")),
      );
    },
  ],

  [
    "nothing was requested, and nothing was complained about",
    () => {
      nothing(requests.filter((r) => !r.includes("127.0.0.1:9")));
      nothing(complaints);
    },
  ],
];

const status = await runAll(cases);
await browser.close();
process.exit(status);
