/** The labeling page when something is missing, wrong or elsewhere; and for everybody. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { grayPng } from "../../src/cli/demo/png.ts";
import { bytesOf, readDataset } from "../../src/entries/datasets.ts";
import { closeSite, DIGITS, drop, dropWaves, loseNextDevice, siteTest } from "./site.ts";

const dataset = await readDataset(bytesOf("digits.npz", await Deno.readFile(DIGITS)));
const truth = dataset.labels!;
const keyOf = (row: number) => String(truth[row]);

Deno.test.afterAll(closeSite);

siteTest("without WebGPU the page says so, and labels on the CPU", async (visitor) => {
  await visitor.prepare(() =>
    Object.defineProperty(Navigator.prototype, "gpu", { value: undefined })
  );
  const page = await visitor.open("");
  await page.ready();
  await page.labelBatch(keyOf);
  assert.ok(await page.number("accuracy") > 20);
});

siteTest("a lost device is replaced, and the labels stay", async (visitor) => {
  const page = await visitor.open();
  await page.ready();
  const project = await dropWaves(page);
  await page.tab.close();
  const again = await visitor.open(`?device=webgpu&project=${project}`);
  await again.ready();
  await again.tab.getByText("GPU: ").waitFor();
  const rows = await again.rows();
  await again.tab.keyboard.press("0");
  await again.labeled(1);
  const engine = again.tab.workers().find((worker) => worker.url().includes("engine"))!;
  await engine.evaluate(loseNextDevice);
  for (let i = 1; i < rows.length; i++) await again.tab.keyboard.press("1");
  await again.tab.getByText(/The device failed and the work goes on/).waitFor();
  await again.ready();
  assert.equal(await again.number("labeled-count"), 10);
});

siteTest("two tabs notice each other, and one can take over", async (visitor) => {
  const first = await visitor.open();
  await first.ready();
  await first.tab.keyboard.press("3");
  await first.labeled(1);
  const second = await visitor.open();
  const takeOver = second.tab.getByRole("button", { name: "Continue here" });
  await takeOver.waitFor();
  await takeOver.click();
  await second.ready();
  assert.equal(await second.number("labeled-count"), 1);
  await first.tab.getByText("This project is open in another tab").waitFor();
  await second.tab.keyboard.press("4");
  await second.labeled(2);
  await first.tab.getByRole("button", { name: "Continue here" }).click();
  await first.ready();
  assert.equal(await first.number("labeled-count"), 2);
  await takeOver.waitFor();
});

siteTest(
  "wrong files are refused in the library's words; good ones become projects",
  async (visitor) => {
    const page = await visitor.open();
    await page.ready();
    await drop(page, "notes.txt", "nothing");
    await page.tab.getByRole("alert").filter({ hasText: "found no file of features" }).waitFor();
    await drop(page, "pool.csv", "a,b\n1,2\n3\n");
    await page.tab.getByRole("alert").filter({ hasText: "pool.csv" }).waitFor();
    await drop(page, "learner.json", "{}");
    await page.tab.getByRole("alert").filter({ hasText: "no saved learner of Creel" }).waitFor();
    assert.equal(await page.number("labeled-count"), 0);

    await dropWaves(page);
    assert.equal((await page.rows()).length, 10);

    // One class only, then nothing is left.
    for (let i = 0; i < 10; i++) await page.tab.keyboard.press("1");
    await page.labeled(10);
    await page.tab.getByText("All labels are of one class so far").waitFor();
    await page.tab.locator('[data-creel="sample"]:not([data-label])').first().waitFor();
    await page.tab.keyboard.press("0");
    await page.labeled(11);
    await page.tab.keyboard.press("0");
    await page.part("status").filter({ hasText: "Nothing is left to label" }).waitFor();
  },
);

siteTest("images alone become a project, and are told apart by their colors", async (visitor) => {
  const page = await visitor.open();
  await page.ready();
  const files = Array.from({ length: 24 }, (_, i) => {
    const levels = Uint8Array.from({ length: 64 }, (_, e) => (i % 2 ? 60 : 180) + (7 * e * i) % 40);
    const buffer = Buffer.from(grayPng(levels, 8).split(",")[1]!, "base64");
    return { name: `${i}.png`, mimeType: "image/png", buffer };
  });
  await page.part("drop").locator("input").setInputFiles(files);
  await page.tab.locator("header").getByText("images").waitFor();
  await page.labelBatch((row) => String(row % 2));
  await page.show("Review");
  await page.tab.getByText(/The head agrees/).nth(9).waitFor();
  assert.equal(await page.tab.getByText(/The head says/).count(), 0);
  await page.show("Data");
  const json = await page.downloaded(() =>
    page.tab.getByRole("button", { name: "Label Studio", exact: true }).click()
  );
  for (const { data, annotations } of JSON.parse(await Deno.readTextFile(json.path))) {
    const { choices } = annotations[0].result[0].value;
    assert.deepEqual(choices, [String(parseInt(data.image) % 2)]);
  }
});

siteTest("the review shows doubtful labels first, and corrects them", async (visitor) => {
  const page = await visitor.open();
  await page.ready();
  const [wrong] = await page.rows();
  await page.labelBatch((row) => row === wrong ? String((truth[row]! + 1) % 10) : keyOf(row));
  await page.labelBatch(keyOf);
  await page.labelBatch(keyOf);
  await page.show("Review");
  const label = page.tab.getByLabel(`Class of row ${wrong}`);
  await label.waitFor();
  await label.selectOption(keyOf(wrong!));
  await page.tab.locator(`[data-row="${wrong}"][data-label="${truth[wrong!]}"]`).waitFor();
  assert.equal(await page.number("labeled-count"), 30);
});

for (const colorScheme of ["light", "dark"] as const) {
  siteTest(`axe finds nothing serious on any page, ${colorScheme}`, async (visitor) => {
    const page = await visitor.open();
    await page.labelBatch(keyOf);
    const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
    for (const view of ["Label", "Map", "Review", "Data"]) {
      await page.show(view);
      if (view === "Review") await page.tab.getByText("Confusion matrix").first().waitFor();
      await page.tab.evaluate(await Deno.readTextFile(axe));
      const found = await page.tab.evaluate(async () => {
        const { violations } = await (globalThis as never as {
          axe: {
            run(): Promise<{ violations: { id: string; impact: string; nodes: object[] }[] }>;
          };
        }).axe.run();
        return violations.filter(({ impact }) => /serious|critical/.test(impact))
          .map(({ id, nodes }) => [id, JSON.stringify(nodes.slice(0, 2))]);
      });
      assert.deepEqual(found, [], view);
    }
  }, { colorScheme });
}
