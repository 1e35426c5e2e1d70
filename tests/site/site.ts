/** The labeling page, built once, in headless Chromium. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { buildSite, serveSite } from "../../tasks/site.ts";
import { CHROMIUM_FLAGS, findChromium } from "../browser/chromium.ts";

const executable = findChromium();

/** The built page, its server and the browser, shared by the tests of a file. */
class Site {
  private constructor(
    /** The folder of the built page. */
    readonly folder: string,
    private readonly server: Deno.HttpServer<Deno.NetAddr>,
    private readonly browser: Browser,
  ) {}

  static async open(): Promise<Site> {
    const folder = await Deno.makeTempDir({ prefix: "creel-site-" });
    await buildSite(folder);
    const server = serveSite(folder, 0);
    const args = [...CHROMIUM_FLAGS];
    return new Site(
      folder,
      server,
      await chromium.launch({ executablePath: executable!, args }),
    );
  }

  /** A visitor with a storage of their own. */
  async visitor(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Visitor> {
    const context = await this.browser.newContext({ reducedMotion: "reduce", ...options });
    return new Visitor(context, `http://localhost:${this.server.addr.port}/`);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.shutdown();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A person who visits the page, in one tab or several. */
export class Visitor {
  /** Everything that went wrong on their pages unseen, and every request to elsewhere. */
  readonly errors: string[] = [];

  /** The names of the files that their pages loaded. */
  readonly files = new Set<string>();

  constructor(private readonly context: BrowserContext, private readonly address: string) {
    context.on("request", (request) => {
      const url = request.url();
      const name = new URL(url).pathname.slice(1);
      if (name !== "") this.files.add(name);
      if (!url.startsWith(this.address) && !/^(?:blob|data):/.test(url)) this.errors.push(url);
    });
  }

  /** Opens the page in a new tab, and waits for its first batch. */
  async open(query = "?device=cpu"): Promise<LabelPage> {
    const page = new LabelPage(await this.context.newPage());
    page.tab.on("pageerror", (error) => this.errors.push(`uncaught: ${error.message}`));
    page.tab.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.errors.push(message.text());
    });
    await page.tab.goto(this.address + query);
    return page;
  }

  /** Runs a script in every page before its own. */
  async prepare(script: () => void): Promise<void> {
    await this.context.addInitScript(script);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** One tab, by the stable hooks of the page. */
export class LabelPage {
  constructor(readonly tab: Page) {}

  /** An element by its part. */
  part(name: string) {
    return this.tab.locator(`[data-creel="${name}"]`);
  }

  /** Waits until the page is ready for labels. */
  async ready(): Promise<void> {
    await this.part("status").filter({ hasText: /^Ready/ }).waitFor();
    await this.tab.locator(`[data-creel="sample"]:not([data-label])`).first().waitFor();
  }

  /** The rows of the batch, in the order of the page. */
  async rows(): Promise<number[]> {
    const samples = await this.part("sample").all();
    const rows = await Promise.all(samples.map((sample) => sample.getAttribute("data-row")));
    return rows.map(Number);
  }

  /** The number that a part starts with. */
  async number(name: "labeled-count" | "accuracy"): Promise<number> {
    return parseFloat(await this.part(name).textContent() ?? "");
  }

  /** Waits until a number of samples is labeled. */
  async labeled(count: number): Promise<void> {
    await this.part("labeled-count").filter({ hasText: new RegExp(`^${count} `) }).waitFor();
  }

  /** Labels the whole batch with the keys that a function gives for its rows. */
  async labelBatch(keyOf: (row: number) => string): Promise<void> {
    await this.ready();
    const before = await this.number("labeled-count");
    const rows = await this.rows();
    for (const row of rows) await this.tab.keyboard.press(keyOf(row));
    await this.labeled(before + rows.length);
    await this.ready();
  }

  /** Clicks what starts a download, and reads the file. */
  async downloaded(click: () => Promise<void>): Promise<{ name: string; path: string }> {
    const [download] = await Promise.all([this.tab.waitForEvent("download"), click()]);
    return { name: download.suggestedFilename(), path: await download.path() };
  }

  /** Opens one of the pages. */
  async show(name: string): Promise<void> {
    await this.tab.getByRole("navigation").getByRole("button", { name, exact: true }).click();
  }
}

/** Drops a file of text on the page. */
export async function drop(page: LabelPage, name: string, text: string): Promise<void> {
  const buffer = Buffer.from(text);
  await page.part("drop").locator("input").setInputFiles({ name, mimeType: "text/plain", buffer });
}

/**
 * Opens a project of 12 samples with 2 features and without labels, whose batches are random:
 * SwiftShader takes long to compile the shaders of others.
 *
 * @returns the key of the project
 */
export async function dropWaves(page: LabelPage): Promise<string> {
  const rows = Array.from({ length: 12 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)}`);
  await drop(page, "waves.csv", `x,y\n${rows.join("\n")}\n`);
  await page.tab.locator("header").getByText("waves").waitFor();
  await page.ready();
  await page.show("Data");
  await page.tab.getByLabel("Strategy").selectOption("random");
  await page.tab.getByLabel("First batch").selectOption("random");
  await page.tab.getByRole("button", { name: "Apply" }).click();
  await page.show("Label");
  await page.ready();
  return new URL(page.tab.url()).searchParams.get("project")!;
}

/** In the worker: the device that is used next is lost at that moment. */
export function loseNextDevice(): void {
  const { createCommandEncoder } = GPUDevice.prototype;
  GPUDevice.prototype.createCommandEncoder = function (...args) {
    GPUDevice.prototype.createCommandEncoder = createCommandEncoder;
    const encoder = createCommandEncoder.apply(this, args);
    this.destroy();
    return encoder;
  };
}

let opened: Promise<Site> | undefined;

/** Closes the browser after the tests of a file. */
export async function closeSite(): Promise<void> {
  if (opened) await (await opened).close();
  opened = undefined;
}

/** Registers a test with a visitor, which fails also when anything goes wrong unseen. */
export function siteTest(
  name: string,
  test: (visitor: Visitor) => Promise<void>,
  options: Parameters<Site["visitor"]>[0] = {},
): void {
  const note = executable ? "" : " (no chromium or google-chrome on PATH)";
  Deno.test({
    name: `site: ${name}${note}`,
    ignore: executable === undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const visitor = await (await (opened ??= Site.open())).visitor(options);
      try {
        await test(visitor);
        assert.deepEqual(visitor.errors, []);
      } finally {
        await visitor.leave();
      }
    },
  });
}

/** The digits that come with the page. */
export const DIGITS = join(import.meta.dirname!, "..", "..", "docs", "data", "digits.npz");
