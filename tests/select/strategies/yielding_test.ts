/**
 * Loops on the CPU over pairs of classes leave time to the page, and stop when the signal aborts.
 */

import assert from "node:assert/strict";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { Head } from "../../../src/head/head.ts";
import { runStrategy } from "../../../src/select/run-strategy.ts";
import { Random, sharedDevice } from "../../fixture.ts";

const [CLASSES, COLUMNS] = [1800, 64];

for (const strategy of ["base", "mase", "alfa-mix"]) {
  Deno.test(`${strategy}: with ${CLASSES} classes other work has its turn, and a signal stops it`, async () => {
    const device = await sharedDevice("cpu");
    const random = new Random(5);
    const features = random.normals(6 * COLUMNS);
    using pool = await Pool.from(device, arrayRows("features", features, COLUMNS));
    using predictor = await Head.of(device, {
      weight: { data: random.normals(CLASSES * COLUMNS), columns: COLUMNS },
      bias: new Float32Array(CLASSES),
    });
    const controller = new AbortController();
    const reason = new Error("stopped by a timer");
    // Only if the loop yields can the timer's callback run before the batch is chosen.
    const timer = setTimeout(() => controller.abort(reason), 1);
    const known = { budget: 1, labeled: [0, 1], labels: [0, 1], predictor };
    await assert.rejects(
      runStrategy(pool, strategy, { ...known, signal: controller.signal }),
      (error) => error === reason,
    );
    clearTimeout(timer);
  });
}
