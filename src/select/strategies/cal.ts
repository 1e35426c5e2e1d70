/**
 * CAL, contrastive active learning (Margatina et al. 2021, "Active Learning by Acquiring
 * Contrastive Examples"): samples whose prediction differs from the predictions of their nearest
 * labeled samples.
 *
 * @module
 */

import { Recording } from "../../device/recording.ts";
import type { Tensor } from "../../device/tensor.ts";
import { InputError } from "../../errors.ts";
import { neighborContrast } from "../../kernels/strategies/neighbor-contrast.ts";
import { matmul } from "../../linalg/matmul.ts";
import { gatherNumbers } from "../../pool/gather-numbers.ts";
import { predictableRows, Probabilities } from "../../pool/probabilities.ts";
import type { SelectionRequest } from "../strategy/request.ts";
import type { SelectedBatch } from "../strategy/selection.ts";
import { memberOptions } from "../strategy/member-options.ts";
import { builtInStrategy } from "../strategy/built-in.ts";
import type { StrategyFactory } from "../strategy/strategy.ts";
import { selectTop } from "../drivers/top.ts";

/** The number of neighbors, as in the published code. */
const NEIGHBORS = 10;

/**
 * Chooses the B samples with the largest mean of `KL(p_neighbor || p_x)`, in nats, over their 10
 * nearest labeled samples; distances are those between features of unit length. The means are the
 * scores.
 *
 * @throws {InputError} if no sample is labeled
 */
export const cal: StrategyFactory<typeof memberOptions> = /* @__PURE__ */ builtInStrategy({
  name: "cal",
  summary: "Samples whose predictions differ from those of the nearest labeled samples",
  source: 'Margatina et al. 2021, "Active Learning by Acquiring Contrastive Examples"',
  cost: "one pass over n x d and n x K with n n_L d operations",
  reads: ["probabilities"],
  options: memberOptions,
  select: choose,
});

async function choose(request: SelectionRequest): Promise<SelectedBatch> {
  const { pool, predictor, labeled, candidates, budget, recordingOptions } = request;
  const { device, rows, stride } = pool;
  const count = labeled.length;
  if (count === 0) throw new InputError("Cannot run cal with nothing labeled");
  const { classes } = predictor!;
  using unit = pool.normalized();
  using order = device.tensor("labeled samples", [count], "u32", labeled);
  using near = device.tensor("labeled features", [count, stride]);
  gatherNumbers(device, unit.blocks, order, near, { count, width: stride });
  using q = await labeledProbabilities(request, order);
  using scores = device.tensor("contrast", [rows]);
  const most = predictableRows(device, Math.max(count, classes));
  // Both pools have the same segments.
  const unitSegments = unit.segments(most);
  const segments = pool.segments(most);
  const recording = new Recording(device, "contrast", segments.length, recordingOptions);
  for (const [place, segment] of segments.entries()) {
    const { base, rows } = segment;
    const { features, offset } = unitSegments[place]!;
    using p = await predictor!.predict(device, segment);
    using y = device.tensor("products with labeled samples", [rows, count]);
    matmul(device, {
      m: rows,
      n: count,
      k: stride,
      a: { tensor: features, offset: offset * stride },
      b: { tensor: near, transposed: true },
      c: { tensor: y },
    });
    const params = { rows, base, labeled: count, classes, neighbors: NEIGHBORS };
    device.run(neighborContrast, { y, p, q, scores }, params);
    await recording.step();
  }
  recording.end();
  const values = await device.read(scores);
  return selectTop(values, candidates, budget);
}

/** The class probabilities of the labeled samples, `[n_L, K]`. */
async function labeledProbabilities(
  { pool, predictor, labeled }: SelectionRequest,
  order: Tensor,
): Promise<Tensor> {
  const { device } = pool;
  const { classes } = predictor!;
  const own = predictor!.subset?.(labeled) ?? predictor!;
  using known = pool.gather(order, labeled.length);
  using probabilities = await Probabilities.from(known, own);
  const all = device.tensor("labeled probabilities", [labeled.length, classes]);
  for (const { probabilities: part, base } of probabilities.segments) {
    device.copy(part, all, { toOffset: base * classes });
  }
  return all;
}
