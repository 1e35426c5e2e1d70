/** The map of the pool: without WebGPU, and drawn by the worker with it. */

import assert from "node:assert/strict";
import { closeSite, dropWaves, type LabelPage, loseNextDevice, siteTest } from "./site.ts";

Deno.test.afterAll(closeSite);

/** The number of pixels of the map's samples that are not empty, once there are some. */
async function drawnPixels(page: LabelPage): Promise<number> {
  const points = page.part("map").locator("canvas").first();
  for (let turn = 0; turn < 100; turn++) {
    const count = await points.evaluate((element) => {
      const { width, height } = element as unknown as { width: number; height: number };
      if (width === 0 || height === 0) return 0;
      const copy = new OffscreenCanvas(width, height).getContext("2d") as unknown as {
        drawImage(source: unknown, x: number, y: number): void;
        getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
      };
      copy.drawImage(element, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      return data.filter((value, at) => at % 4 === 3 && value > 0).length;
    });
    if (count > 0) return count;
    await page.tab.waitForTimeout(100);
  }
  return 0;
}

/** Turns the map by a drag from its center. */
async function drag(page: LabelPage, path: readonly (readonly [number, number])[]): Promise<void> {
  const box = (await page.part("map").boundingBox())!;
  const at = ([x, y]: readonly [number, number]) =>
    [box.x + x * box.width, box.y + y * box.height] as const;
  await page.tab.mouse.move(...at(path[0]!));
  await page.tab.mouse.down();
  for (const place of path.slice(1)) await page.tab.mouse.move(...at(place), { steps: 3 });
  await page.tab.mouse.up();
}

siteTest("without WebGPU the map turns, shows samples, and labels a group", async (visitor) => {
  const page = await visitor.open();
  await page.ready();
  await page.show("Map");
  await page.part("map").and(page.tab.locator('[data-drawn="2d"]')).waitFor();
  assert.ok(await drawnPixels(page) > 1000);
  await drag(page, [[0.5, 0.5], [0.6, 0.55]]);
  await page.tab.keyboard.press("+");
  await page.tab.getByLabel("uncertainty").check();

  // A click on a sample makes it the next key's.
  const box = (await page.part("map").boundingBox())!;
  const tip = page.tab.locator(".hovered");
  for (let x = 0.4; x < 0.7 && await tip.count() === 0; x += 0.01) {
    await page.tab.mouse.move(box.x + x * box.width, box.y + 0.5 * box.height);
    await page.tab.waitForTimeout(20);
  }
  await page.tab.mouse.down();
  await page.tab.mouse.up();
  const current = page.tab.locator('[data-creel="sample"][aria-current="true"]');
  await current.waitFor();
  const row = await current.getAttribute("data-row");
  await page.tab.keyboard.press("5");
  await page.labeled(1);
  const tile = page.tab.locator(`[data-creel="sample"][data-row="${row}"]`);
  assert.equal(await tile.getAttribute("data-label"), "5");

  await page.show("Map");
  await page.tab.getByRole("button", { name: "Draw a lasso" }).click();
  await drawnPixels(page);
  await drag(page, [[0.45, 0.45], [0.55, 0.45], [0.55, 0.55], [0.45, 0.55]]);
  const title = page.tab.getByText(/^Label \d+ samples? at once as/);
  const count = Number(/\d+/.exec(await title.textContent() ?? "")![0]);
  await page.tab.locator(".group").getByRole("button", { name: "2", exact: true }).click();
  await page.labeled(1 + count);
});

siteTest("where a canvas of WebGPU loses the device, the page draws the map", async (visitor) => {
  const page = await visitor.open();
  await page.ready();
  const project = await dropWaves(page);
  await page.tab.close();
  const again = await visitor.open(`?device=webgpu&project=${project}`);
  await again.ready();
  await again.show("Map");
  await again.part("map").waitFor();
  const engine = again.tab.workers().find((worker) => worker.url().includes("engine"))!;
  await engine.evaluate(loseNextDevice);
  await again.tab.getByLabel("uncertainty").check();
  await again.part("map").and(again.tab.locator('[data-drawn="2d"]')).waitFor();
  assert.ok(await drawnPixels(again) > 12 * 4);
});
