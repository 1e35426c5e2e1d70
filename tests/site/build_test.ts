/** The built page: its size, its policy, and the smallest page. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { buildSite, gzippedSizes } from "../../tasks/site.ts";
import { closeSite, siteTest } from "./site.ts";

const root = join(import.meta.dirname!, "..", "..");

Deno.test.afterAll(closeSite);

siteTest("the first load is small, and nothing comes from elsewhere", async (visitor) => {
  const folder = await Deno.makeTempDir();
  try {
    await buildSite(folder);
    const sizes = await gzippedSizes(folder);
    const page = await visitor.open();
    await page.ready();
    const loaded = new Set(["index.html", ...visitor.files]);
    const sum = [...loaded].reduce((bytes, name) => bytes + (sizes.get(name) ?? NaN), 0);
    assert.ok(loaded.has("engine.js") && loaded.has("digits.bin"));
    assert.ok(sum < 250_000, `${sum} bytes with the digits`);
    const own = sum - sizes.get("digits.bin")!;
    assert.ok(own < 150_000, `${own} bytes without the digits`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

siteTest("the smallest page labels, with the lines of the guide", async (visitor) => {
  const html = await Deno.readTextFile(join(root, "docs", "site", "minimal.html"));
  const [, script] = /<script type="module">\n([^]*?)\n {2}<\/script>/.exec(html)!;
  const guide = await Deno.readTextFile(join(root, "docs", "guide.md"));
  assert.ok(guide.includes(`\`\`\`js\n${script!.replaceAll(/^ {2}/gm, "")}\n\`\`\``));

  await visitor.prepare(() =>
    Object.defineProperty(Navigator.prototype, "gpu", { value: undefined })
  );
  const { tab } = await visitor.open("minimal.html");
  for (let count = 0; count < 11; count++) {
    await tab.getByText(`${count} labeled. Which class`).waitFor();
    const row = Number(/sample (\d+)/.exec(await tab.locator("p").textContent() ?? "")![1]);
    await tab.getByRole("button", { name: "abc"[row % 3]!, exact: true }).click();
  }
  await tab.getByText("11 labeled. Which class").waitFor();
});
