/**
 * A whole selection: wall time, the time of each kernel, and memory.
 *
 * @module
 */

import { Pool } from "../src/pool/pool.ts";
import { logitsPredictor } from "../src/pool/predictions.ts";
import { bait } from "../src/select/bait.ts";
import { round, type Row, type Subject } from "./subject.ts";
import { synthetic } from "./synthetic.ts";

/** Kernels in the table; the others together take little. */
const SHOWN = 6;

/** The subject. */
export const baitSelect: Subject = {
  name: "bait-select",
  summary: "A whole binary selection: seconds, kernels and memory",
  async run({ device, ceilings, quick }) {
    const fast = ceilings.matmulGFLOPs > 100;
    const [n, d, budget] = quick ? [500, 24, 10] : [fast ? 50_000 : 10_000, 384, 100];
    const data = synthetic(n, d, 10);
    using pool = await Pool.from(device, data.features);
    const poolBytes = device.memory.bytes;
    device.memory.resetPeak();
    const { milliseconds, rows } = await device.profile(() =>
      bait(pool, {
        fisher: "binary",
        budget,
        labeled: [],
        predictor: logitsPredictor(data.logits),
      })
    );
    const first: Row = {
      what: `select ${budget} of ${n} x ${d}`,
      ms: round(milliseconds),
      calls: 1,
      "pool MB": round(poolBytes / 1e6),
      "peak MB": round(device.memory.peak / 1e6),
    };
    return [
      first,
      ...rows.slice(0, SHOWN).map((row): Row => ({
        what: row.kernel,
        ms: row.milliseconds === undefined ? "not measured" : round(row.milliseconds),
        calls: row.calls,
      })),
    ];
  },
};
