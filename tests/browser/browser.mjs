/* A browser for tests that look at pages: Debian's Chromium, driven by what scripts/npm installs.
 *
 * Where either cannot be had, the test is skipped and says why. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CHROMIUM = "/usr/bin/chromium";
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function skip(reason) {
  console.log(`skipped: ${reason}`);
  process.exit(77);
}

async function playwright() {
  const found = spawnSync("scripts/npm", { encoding: "utf8" });
  if (found.status === 77) skip(found.stderr.trim());
  if (found.status !== 0) throw new Error(`scripts/npm: ${found.stderr}`);
  return import(join(found.stdout.trim(), "playwright-core/index.mjs"));
}

/* A folder of its own that is gone afterwards, and the browser. */
export async function openBrowser() {
  if (!existsSync(CHROMIUM)) skip("chromium is not installed; `scripts/packages browser` installs it");
  const { chromium } = await playwright();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  const folder = mkdtempSync(join(tmpdir(), "lull-browser-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return { browser, folder };
}

/* Opens files of @folder, which may carry a hash, and writes down what their pages ask for besides
 * themselves, and what they complain about. */
export function opener(browser, folder) {
  const requests = [],
    complaints = [];
  async function open(file, options = {}) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.on("request", (r) => {
      if (r.url().split("#")[0] !== `file://${join(folder, file.split("#")[0])}`)
        requests.push(r.url());
    });
    page.on("console", (m) => {
      if (["error", "warning"].includes(m.type())) complaints.push(m.text());
    });
    page.on("pageerror", (e) => complaints.push(e.message));
    await page.goto(`file://${join(folder, file)}`);
    return page;
  }
  return { open, requests, complaints };
}

export function outputOf(program, ...words) {
  return execFileSync(program, words, { maxBuffer: 1 << 28 });
}

/* Runs [sentence, function] one after the other; every failure is told, and ends the program with 1
 * when all have run. */
export async function runAll(cases) {
  let failed = 0;
  for (const [sentence, check] of cases) {
    const start = Date.now();
    try {
      await check();
      console.log(`ok: ${sentence}, ${((Date.now() - start) / 1000).toFixed(1)} s`);
    } catch (error) {
      failed++;
      console.log(`FAILED: ${sentence}\n${error.message}`);
    }
  }
  console.log(`${cases.length - failed} of ${cases.length} passed`);
  return failed === 0 ? 0 : 1;
}
