/* The book that `lull lab report` makes, in a browser: every chapter and form, and plays
 * enough.  What a page can do is tested with fewer stories, in page_test.mjs.
 * Usage: book_test.mjs LULL     (from the root of the tree) */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { opener, openBrowser, outputOf, runAll } from "./browser.mjs";
import { findOverflow, findPoorContrast } from "./inspect.mjs";

const lull = process.argv[2];
const { browser, folder } = await openBrowser();
const shots = "build/browser/shots";
mkdirSync(shots, { recursive: true });
const { open, requests, complaints } = opener(browser, folder);

outputOf(lull, "lab", "report", "-o", join(folder, "book.html"));
const html = readFileSync(join(folder, "book.html"));
const names = outputOf(lull, "lab", "list")
  .toString()
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => line.split(" ")[0].toLowerCase());
const PHONE = { viewport: { width: 360, height: 780 } };
const nothing = (list) => assert.deepEqual(list, [], list.slice(0, 12).join("\n"));

/* What @check says of every play that @choose takes, each alone on the page. */
const ofPlays = (page, choose, check, ids = names) =>
  page.evaluate(
    ([choose, check, ids]) => {
      const takes = (0, eval)(`(${choose})`),
        look = (0, eval)(`(${check})`);
      const wrong = [];
      for (const c of chapters.filter((c) => ids.includes(c.section.id))) {
        c.build();
        for (const o of chapters) o.section.style.display = o === c ? "" : "none";
        for (const v of c.variants.filter((v) => takes(v, c))) {
          c.want = { msl: v.msl, loss: v.loss };
          c.shownRoles = [v.role];
          c.update();
          const name = `${c.section.id}, role ${v.role}, MSL ${v.msl}, loss ${v.loss}`;
          wrong.push(...look(v).map((what) => `${name}: ${what}`));
        }
        c.want = { msl: c.variants[0].msl, loss: c.variants[0].loss };
        c.shownRoles = [0];
        c.update();
      }
      for (const c of chapters) c.section.style.display = "";
      return wrong;
    },
    [choose.toString(), check.toString(), ids],
  );
const first = (v, c) => v === c.variants.find((w) => w.role === v.role);

const desk = await open("book.html");

const cases = [
  [
    "the book is small, and the same whenever it is made",
    () => {
      assert.ok(html.length < 4e6, `${html.length} bytes`);
      outputOf(lull, "lab", "report", "-o", join(folder, "again.html"));
      assert.ok(html.equals(readFileSync(join(folder, "again.html"))));
    },
  ],

  [
    "opening it builds only what is near",
    async () => {
      const built = await desk.evaluate(() => chapters.filter((c) => c.built).length);
      assert.ok(built < 5, `${built} chapters are built`);
    },
  ],

  [
    "the contents name every chapter once, in groups, with what came of it",
    async () => {
      const links = await desk
        .locator(".contents a")
        .evaluateAll((all) => all.map((a) => a.getAttribute("href").slice(1)));
      const sections = await desk
        .locator("main > section")
        .evaluateAll((all) => all.map((s) => s.id));
      assert.deepEqual(links, sections);
      assert.deepEqual(links.toSorted(), names);
      assert.equal(await desk.locator(".contents h2").count(), 7);
      assert.equal(await desk.locator(".contents .outcome .good").count(), names.length);
      assert.equal(await desk.locator(".contents .bad").count(), 0);
      const titles = await desk.locator(".contents .ti, h2").allInnerTexts();
      nothing(titles.filter((t) => !/^[A-Z0-9]/.test(t)));
      assert.equal(new Set(titles).size, titles.length - names.length, "a title occurs twice");
    },
  ],

  [
    "a link leads to every chapter",
    async () => {
      const page = await open("book.html");
      const wrong = [];
      for (const name of names) {
        const top = await page.evaluate(async (id) => {
          location.hash = `#${id}`;
          /* Chapters beside it are built meanwhile; a busy machine takes more than a few frames. */
          const top = () => document.getElementById(id).getBoundingClientRect().top;
          let still = 0;
          for (let i = 0; i < 120 && still < 4; i++) {
            const before = top();
            await new Promise((done) => requestAnimationFrame(done));
            still = top() === before && before >= -2 && before <= 100 ? still + 1 : 0;
          }
          return top();
        }, name);
        if (top < -2 || top > 100) wrong.push(`${name} is at ${top}`);
      }
      nothing(wrong);
      await page.close();
    },
  ],

  [
    "a link leads to a play and its event, in a book that was just opened",
    async () => {
      const page = await open("book.html#sc-30-h1/role=2/msl=120/e=5");
      const figure = page.locator("#sc-30-h1 figure");
      assert.equal(await figure.getAttribute("data-role"), "2");
      assert.equal(await figure.getAttribute("data-msl"), "120");
      assert.equal(
        await page.locator("#sc-30-h1 .row[aria-expanded=true]").getAttribute("data-e"),
        "5",
      );
      await page.close();
    },
  ],

  [
    "every play is there whole: a row for each event, and its packet",
    async () => {
      nothing(
        await ofPlays(
          desk,
          () => true,
          (v) => {
            const { events } = v.picture.data;
            const rows = v.figure.querySelectorAll(".row").length;
            const wrong = [];
            if (rows !== events.length) wrong.push(`${rows} rows of ${events.length} events`);
            if (!events.every((e) => e.k !== 0 || /^45([0-9a-f]{2}){39,}$/.test(e.hex)))
              wrong.push("a segment has no packet");
            if (v.figure.querySelector(".verdict").textContent.trim() === "")
              wrong.push("no verdict");
            return wrong;
          },
        ),
      );
    },
  ],

  [
    "at a desk no text of any form overflows, nor of any play of each third chapter",
    async () => {
      nothing(await ofPlays(desk, first, findOverflow));
      const third = names.filter((_, i) => i % 3 === 0);
      nothing(await ofPlays(desk, () => true, findOverflow, third));
    },
  ],

  [
    "on a phone no text of any form overflows",
    async () => {
      const page = await open("book.html", PHONE);
      nothing(await ofPlays(page, first, findOverflow));
      await page.close();
    },
  ],

  [
    "forms beside each other do not overflow",
    async () => {
      for (const id of ["sc-09", "sc-30-h1"]) {
        await desk.evaluate((id) => {
          const c = chapters.find((c) => c.section.id === id);
          for (const o of chapters) o.section.style.display = o === c ? "" : "none";
          c.setRoles(c.roles);
        }, id);
        nothing(await desk.evaluate(findOverflow));
        await desk.locator(`#${id}`).screenshot({ path: join(shots, `book-${id}.png`) });
      }
      await desk.evaluate(() => {
        for (const c of chapters) c.section.style.display = "";
      });
    },
  ],

  [
    "texts have contrast, in light and in dark",
    async () => {
      for (const colorScheme of ["light", "dark"]) {
        const page = await open("book.html", { colorScheme });
        nothing(await ofPlays(page, first, findPoorContrast, ["sc-09", "sc-31", "sc-44"]));
        await page.close();
      }
    },
  ],

  [
    "sliders go to their ends",
    async () => {
      const page = await open("book.html");
      nothing(
        await page.evaluate(() => {
          const wrong = [];
          for (const c of chapters.filter((_, i) => i % 4 === 0)) {
            c.build();
            for (const input of c.controls.querySelectorAll("input")) {
              for (const end of [input.max, input.min]) {
                input.value = end;
                input.dispatchEvent(new Event("input"));
                const figure = c.frame.querySelector("figure");
                const values = unique(c.variants.map((v) => v[input.name]));
                if (figure.dataset[input.name] !== String(values[end]))
                  wrong.push(`${c.section.id}: ${input.name} is ${figure.dataset[input.name]}`);
              }
              input.value = 0;
            }
          }
          return wrong;
        }),
      );
      await page.close();
    },
  ],

  [
    "the keyboard leads from the contents to a segment and back",
    async () => {
      const page = await open("book.html");
      await page.locator('.contents a[href="#sc-22"]').focus();
      await page.keyboard.press("Enter");
      await page.locator("#sc-22 .controls").waitFor();
      await page.locator("#sc-22 .controls button").first().focus();
      for (let i = 0; i < 12; i++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(() => document.activeElement.matches("#sc-22 .row"))) break;
      }
      const at = () => page.evaluate(() => document.activeElement.dataset.e);
      assert.equal(await at(), "0");
      await page.keyboard.press("End");
      assert.notEqual(await at(), "0");
      const last = await at();
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.className), "detail");
      await page.keyboard.press("Escape");
      assert.equal(await at(), last);
      await page.close();
    },
  ],

  [
    "search finds what nobody has come near yet",
    async () => {
      const page = await open("book.html");
      await page.getByRole("searchbox").fill("INV-12");
      assert.match(await page.locator(".tools output").innerText(), /^\d+ found$/);
      await page.getByRole("searchbox").fill("tcp_tw");
      assert.equal(await page.locator(".tools output").innerText(), "0 found");
      await page.close();
    },
  ],

  [
    "nothing was requested, and nothing was complained about",
    () => {
      nothing(requests);
      nothing(complaints);
    },
  ],
];

const status = await runAll(cases);
await browser.close();
process.exit(status);
