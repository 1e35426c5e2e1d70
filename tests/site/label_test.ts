/** A person's path over the labeling page, with the keyboard. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import { ActiveLearner, arrayRows, loadHead, openDevice, Pool } from "../../mod.ts";
import { bytesOf, readAll, readDataset } from "../../src/entries/datasets.ts";
import { openIndices, openIntegers } from "../../src/io/dataset.ts";
import { closeSite, DIGITS, siteTest } from "./site.ts";

const dataset = await readDataset(bytesOf("digits.npz", await Deno.readFile(DIGITS)));
const features = await readAll(dataset.features);
const truth = dataset.labels!;
const keyOf = (row: number) => String(truth[row]);

Deno.test.afterAll(closeSite);

siteTest("three batches by keyboard, undo, reload, export and import", async (visitor) => {
  const page = await visitor.open();
  await page.labelBatch(keyOf);
  const first = await page.number("accuracy");
  await page.labelBatch(keyOf);
  await page.labelBatch(keyOf);
  const third = await page.number("accuracy");
  assert.ok(third > first, `${first} % after one batch, ${third} % after three`);

  // A sample that is clicked is the next key's; undo takes the label back.
  const rows = await page.rows();
  await page.tab.locator(`[data-creel="sample"][data-row="${rows[4]}"]`).click();
  await page.tab.keyboard.press("7");
  await page.labeled(31);
  const tile = page.tab.locator(`[data-creel="sample"][data-row="${rows[4]}"]`);
  assert.equal(await tile.getAttribute("data-label"), "7");
  assert.equal(await tile.getAttribute("data-rank"), "5");
  await page.tab.keyboard.press("Backspace");
  await page.labeled(30);
  assert.equal(await tile.getAttribute("data-label"), null);
  await page.tab.keyboard.press("ArrowLeft");
  await page.tab.keyboard.press("s");
  await page.tab.locator("[data-skipped]").waitFor();

  // A sample can be dragged to a class, too.
  const dragged = page.tab.locator(`[data-creel="sample"][data-row="${rows[6]}"]`);
  await dragged.dragTo(page.part("class").nth(Number(keyOf(rows[6]!))));
  await page.labeled(31);
  assert.equal(await dragged.getAttribute("data-label"), keyOf(rows[6]!));
  await page.tab.keyboard.press("Backspace");
  await page.labeled(30);

  // Everything is there again after a reload.
  await page.tab.reload();
  await page.ready();
  assert.equal(await page.number("labeled-count"), 30);
  assert.deepEqual(await page.rows(), rows);
  assert.equal(await page.number("accuracy"), third);

  // The exports hold the labels; the library loads the learner and the head.
  const csv = await page.downloaded(() => page.part("export-labels").click());
  const lines = (await readFile(csv.path, "utf8")).trim().split("\n").slice(1);
  assert.equal(lines.length, 30);
  for (const line of lines) {
    const [row, label] = line.split(",");
    assert.equal(Number(label), truth[Number(row)]);
  }
  await page.show("Data");
  const save = async (name: string) =>
    await page.downloaded(() => page.tab.getByRole("button", { name, exact: true }).click());
  const learnerFile = await save("Learner");
  const projectFile = await save("Project");
  const headFile = await save("Head");
  const labelsFile = await save("Labels, NPZ");
  const labels = await openIntegers(labelsFile.path, "labels");
  const labeled = await openIndices(labelsFile.path, truth.length, "labeled");
  assert.deepEqual([labels.length, labeled.length], [truth.length, 30]);
  for (const row of labeled) assert.equal(labels[row], truth[row]);
  using device = await openDevice({ device: "cpu" });
  using pool = await Pool.from(device, arrayRows("digits", features, 64));
  using learner = await ActiveLearner.fromJSON(
    JSON.parse(await readFile(learnerFile.path, "utf8")),
    pool,
  );
  assert.equal(learner.labels.length, 30);
  assert.equal(learner.round, 4);
  using head = await loadHead(device, await readFile(headFile.path));
  assert.equal(head.classes, 10);

  // What the library saves, the page opens.
  learner.label(rows[0]!, truth[rows[0]!]!);
  const input = page.tab.locator('[data-creel="drop"] input');
  await input.setInputFiles({
    name: "learner.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(learner)),
  });
  await page.ready();
  await page.labeled(31);

  // The whole project comes back from its file, as another project.
  await page.show("Data");
  await input.setInputFiles({
    name: projectFile.name,
    mimeType: "application/zip",
    buffer: await readFile(projectFile.path),
  });
  await page.ready();
  await page.labeled(30);
  assert.deepEqual(await page.rows(), rows);
});

siteTest("the oracle labels until it is stopped, and the saving is told", async (visitor) => {
  const page = await visitor.open();
  await page.ready();
  await page.tab.getByRole("button", { name: /oracle/ }).click();
  await page.part("labeled-count").filter({ hasText: /^[3-9]\d /u }).waitFor();
  await page.tab.getByRole("button", { name: "Stop" }).click();
  await page.ready();
  await page.tab.getByText(/\d+ labels do /).waitFor();
  const labels = await page.number("labeled-count");
  assert.equal(labels % 10, 0);
  assert.ok(await page.number("accuracy") > 50);
});
