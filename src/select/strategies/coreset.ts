/**
 * Core-set selection by k-center greedy (Sener & Savarese 2018, "Active Learning for Convolutional
 * Neural Networks: A Core-Set Approach", algorithm 1): every pick is the candidate farthest from
 * all labeled and picked samples.
 *
 * @module
 */

import { matmul } from "../../linalg/matmul.ts";
import type { Pool } from "../../pool/pool.ts";
import { CenterSpace } from "../geometry/center-space.ts";
import { pickApart } from "../drivers/pick-apart.ts";
import { Picker } from "../drivers/picker.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { topOf } from "../drivers/top.ts";

/**
 * Repeatedly picks the candidate with the largest Euclidean distance to the nearest labeled or
 * picked sample. If no sample is labeled, the first pick is the candidate nearest to the mean of
 * the pool. Needs no head.
 */
export const coreset: StrategyFactory<Record<never, never>> = /* @__PURE__ */ builtInStrategy({
  name: "coreset",
  summary: "The samples farthest from all labeled and picked samples (k-center greedy)",
  source: 'Sener & Savarese 2018, "Active Learning for Convolutional Neural Networks: A Core-Set ' +
    'Approach", algorithm 1',
  cost: "one pass over n x d for each pick and each labeled sample",
  reads: [],
  select: choose,
});

async function choose(request: SelectionRequest): Promise<SelectedBatch> {
  const { pool, budget, labeled, candidates, recordingOptions } = request;
  const { device, rows } = pool;
  using assignment = device.tensor("nearest centers", [rows], "u32");
  using space = new CenterSpace(pool, assignment);
  using picker = new Picker(device, rows, candidates, budget, labeled);
  const cold = labeled.length === 0;
  if (cold) picker.set(await nearestTheMean(pool, space, candidates), 0);
  const options = { fixed: cold ? 1 : labeled.length, total: labeled.length + budget };
  await pickApart(device, space, picker, "core-set", { ...recordingOptions, ...options });
  return { picks: await picker.read() };
}

async function nearestTheMean(
  pool: Pool,
  space: CenterSpace,
  candidates: readonly number[],
): Promise<number> {
  const { device, rows, stride } = pool;
  using mean = device.tensor("mean of the features", [stride, 1]);
  const segments = pool.segments(65536);
  const most = Math.max(...segments.map(({ rows }) => rows));
  using ones = device.tensor("ones", [most, 1], "real", new Float32Array(most).fill(1));
  segments.forEach(({ features, offset, rows: k }, place) =>
    matmul(device, {
      m: stride,
      n: 1,
      k,
      a: { tensor: features, offset: offset * stride, ld: stride, transposed: true },
      b: { tensor: ones },
      c: { tensor: mean },
      alpha: 1 / rows,
      beta: place > 0 ? 1 : 0,
    })
  );
  space.measure(mean, 0);
  const distances = await device.read(space.state);
  return topOf(distances.map((distance) => -distance), candidates, 1)[0]!;
}
