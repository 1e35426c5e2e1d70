/**
 * Statistics of the class probabilities of samples, for strategies that need nothing else of them:
 * neither the probabilities nor the logits of all samples are ever in memory.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import type { Tensor } from "../device/tensor.ts";
import { ResourceStack } from "../disposal.ts";
import { linearStatistics } from "../kernels/pool/linear-statistics.ts";
import { rowStatistics } from "../kernels/pool/row-statistics.ts";
import { checkPlaced } from "./predict-rows.ts";
import type { LinearLayer, Predictor } from "./predictions.ts";
import { predictableSegments } from "./probabilities.ts";
import type { Pool, Segment } from "./pool.ts";

/**
 * Up to so many classes, which do not fill a tile of 64, a GPU is faster with a product of its own
 * (8,192 rows, d = 384, llvmpipe: K = 10 25 ms instead of 139, K = 33 154 ms and 144).
 */
const FEW_CLASSES = 32;

/** The largest number of multiplications of one dispatch on a GPU, and on the CPU. */
const GPU_OPERATIONS = 17_179_869_184;
const CPU_OPERATIONS = 2_147_483_648;

/** The largest number of rows of one dispatch. */
const MOST_ROWS = 65536;

/** Divides a pool into segments for {@linkcode predictStatistics}. */
export function statisticsSegments(pool: Pool, predictor: Predictor): Segment[] {
  const { device, stride } = pool;
  const { classes } = predictor;
  if (!fusedLayer(device, predictor)) return predictableSegments(pool, classes);
  const operations = device.kind === "cpu" ? CPU_OPERATIONS : GPU_OPERATIONS;
  const rows = operations / (stride * classes);
  return pool.segments(Math.min(MOST_ROWS, rows));
}

/**
 * Computes statistics of the class probabilities of a segment: in one kernel with the logits if the
 * predictor is a linear head, otherwise from the probabilities of the segment.
 *
 * @param device the device
 * @param predictor the predictor, for K classes
 * @param segment a segment, whose probabilities fit in memory
 * @returns `[max p, p1 - p2, entropy -sum p ln p, arg-max]` of each row, where p1 and p2 are the
 * largest two; `[rows, 4]`, the caller's to dispose
 * @throws {InputError} as the predictor does
 */
export async function predictStatistics(
  device: Device,
  predictor: Predictor,
  segment: Segment,
): Promise<Tensor> {
  const { features: x, offset, rows, stride: d, width: columns } = segment;
  const { classes } = predictor;
  // If a step fails, the tensor is freed.
  using undo = new ResourceStack();
  const statistics = undo.use(device.tensor("statistics of predictions", [rows, 4]));
  const layer = fusedLayer(device, predictor);
  if (layer) {
    const { parameters, weight, bias } = layer;
    checkPlaced(layer, { device, columns });
    device.run(
      linearStatistics,
      { x, parameters, statistics },
      { rows, d, classes, xOffset: offset * d, weight, bias },
      { half: x.dtype === "f16" ? 1 : 0 },
    );
  } else {
    using probabilities = await predictor.predict(device, segment);
    const independent = Number(predictor.independent ?? false);
    device.run(rowStatistics, { probabilities, statistics }, { rows, classes }, { independent });
  }
  undo.move();
  return statistics;
}

/** The layer of a predictor whose statistics are computed in one kernel. */
function fusedLayer({ kind }: Device, { linear, classes }: Predictor): LinearLayer | undefined {
  return kind === "cpu" || classes > FEW_CLASSES ? linear : undefined;
}
