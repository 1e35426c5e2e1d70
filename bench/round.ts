/**
 * A whole round of active learning: train a linear head, predict the pool, select the next batch.
 *
 * @module
 */

import { LinearHead } from "../src/head/linear.ts";
import { Pool } from "../src/pool/pool.ts";
import { bait } from "../src/select/bait.ts";
import { round as digits, type Row, type Subject } from "./subject.ts";
import { synthetic } from "./synthetic.ts";

/** The subject. */
export const round: Subject = {
  name: "round",
  summary: "Train a head, predict the pool, select 100 by binary BAIT",
  async run({ device, ceilings, quick }) {
    const fast = ceilings.matmulGFLOPs > 100;
    const [n, d, labels] = quick ? [400, 24, 100] : [fast ? 50_000 : 20_000, 384, 10_000];
    const data = synthetic(n, d, 10);
    using pool = await Pool.from(device, data.features);
    const indices = Array.from({ length: Math.min(labels, n / 2) }, (_, i) => i);
    const rows: Row[] = [];
    const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      await device.idle();
      const start = performance.now();
      const result = await work();
      await device.idle();
      rows.push({ what, ms: digits(performance.now() - start) });
      return result;
    };
    using head = await timed(
      `train on ${indices.length} x ${d}, 10 classes`,
      () => LinearHead.train(pool, { indices, labels: indices.map((i) => data.labels[i]!) }),
    );
    rows.push({ what: "its iterations", ms: "", count: head.report.iterations });
    rows.push({ what: "its evaluations", ms: "", count: head.report.evaluations });
    await timed(`predict ${n}`, async () => {
      for (const segment of pool.segments(n)) {
        (await head.predict(device, segment))[Symbol.dispose]();
      }
    });
    const budget = quick ? 5 : 100;
    await timed(
      `select ${budget} by binary BAIT`,
      () => bait(pool, { fisher: "binary", budget, labeled: indices, predictor: head }),
    );
    return rows;
  },
};
