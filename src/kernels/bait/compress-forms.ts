/**
 * The r x r forms of a sample's Fisher factor, from the quadratic forms of its class blocks.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/bait/compress-forms.gen.ts";
import { rowGrid } from "../grid.ts";
import { PICKED } from "./pick.ts";

/**
 * `forms[i, part] = A_i^T Q_i A_i`, packed lower triangle; `part` 0 is G and 1 is H. The forms of
 * picked samples do not change.
 */
export const compressForms = /* @__PURE__ */ defineKernel({
  name: "compress-forms",
  wgsl,
  bindings: {
    q: "read",
    probabilities: "read",
    columns: "read",
    weights: "read",
    scores: "read",
    forms: "write",
  },
  params: { first: "u32", rows: "u32", rank: "u32", part: "u32", base: "u32" },
  constants: { lanes: 1, classes: 1 },
  grid: ({ rows }, { lanes }) => rowGrid(rows * lanes),
  cpu(
    { q, probabilities, columns, weights, scores, forms },
    { first, rows, rank, part, base },
    { classes },
  ) {
    const qp = new Float64Array(classes);
    const triangle = rank * (rank + 1) / 2;
    for (let local = 0; local < rows; local++) {
      const i = first + local;
      if (scores[base + i]! <= PICKED) continue;
      const q0 = local * classes * classes;
      const p0 = i * classes;
      let pqp = 0;
      for (let k = 0; k < classes; k++) {
        let sum = 0;
        for (let l = 0; l < classes; l++) sum += q[q0 + k * classes + l]! * probabilities[p0 + l]!;
        qp[k] = sum;
        pqp += probabilities[p0 + k]! * sum;
      }
      const out = (i * 2 + part) * triangle;
      for (let a = 0; a < rank; a++) {
        const ca = columns[i * rank + a]!;
        for (let b = 0; b <= a; b++) {
          const cb = columns[i * rank + b]!;
          const form = q[q0 + ca * classes + cb]! - qp[ca]! - qp[cb]! + pqp;
          forms[out + a * (a + 1) / 2 + b] = weights[i * rank + a]! * weights[i * rank + b]! * form;
        }
      }
    }
  },
});
