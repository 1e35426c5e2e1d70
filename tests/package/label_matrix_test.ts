/** A matrix of labels in a bundle, which has no modules beside it to load. */

import assert from "node:assert/strict";
import { BUNDLERS, stopBundlers } from "./bundles.ts";

Deno.test.afterAll(stopBundlers);

Deno.test("bundles: select takes a matrix of labels as a value that knows what to do", async () => {
  const code = await BUNDLERS["esbuild"]!(
    'export { margin, openDevice, select, severalLabels } from "@creel/creel";',
  );
  const page: typeof import("../../mod.ts") = await import(
    `data:text/javascript,${encodeURIComponent(code)}`
  );
  using device = await page.openDevice({ device: "cpu", blas: false });
  const input = {
    device,
    features: { data: Float32Array.of(-2, -1, 0.1, 1, 2), columns: 1 },
    labeled: [0, 4],
    strategy: page.margin,
    budget: 1,
  };
  const matrix = [[1, 0], [1, 1]];
  const { picks } = await page.select({ ...input, labels: page.severalLabels(matrix) });
  assert.deepEqual(picks, [2]);
  await assert.rejects(page.select({ ...input, labels: matrix }), {
    name: "InputError",
    message: "Cannot use a matrix of labels in this bundle: give severalLabels(matrix)",
  });
});
