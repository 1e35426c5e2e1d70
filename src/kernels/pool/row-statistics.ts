/**
 * Statistics of the rows of probabilities, for uncertainty strategies.
 *
 * @module
 */

import { defineKernel } from "../../device/kernel.ts";
import { wgsl } from "../../shaders/pool/row-statistics.gen.ts";
import { rowGrid } from "../grid.ts";

/**
 * `[max p, p1 - p2, entropy, arg-max]` of each row, as `[rows, 4]`. With `independent` 1, each
 * class is a choice of p and 1 - p: the mean of `max(p, 1 - p)`, the least `|2 p - 1|`, the sum of
 * the entropies, and the arg-max.
 */
export const rowStatistics = /* @__PURE__ */ defineKernel({
  name: "row-statistics",
  wgsl,
  bindings: { probabilities: "read", statistics: "write" },
  params: { rows: "u32", classes: "u32" },
  constants: { independent: 0 },
  grid: ({ rows }) => rowGrid(rows),
  cpu({ probabilities, statistics }, { rows, classes }, { independent }) {
    for (let i = 0; i < rows; i++) {
      let first = -1;
      let second = 0;
      let label = 0;
      let entropy = 0;
      let sure = 0;
      let closest = 1;
      for (let k = 0; k < classes; k++) {
        const p = probabilities[i * classes + k]!;
        if (p > 0) entropy -= p * Math.log(p);
        if (independent) {
          const other = 1 - p;
          if (other > 0) entropy -= other * Math.log(other);
          sure += Math.max(p, other) / classes;
          closest = Math.min(closest, Math.abs(p - other));
        }
        if (p > first) {
          second = Math.max(first, 0);
          first = p;
          label = k;
        } else if (p > second) {
          second = p;
        }
      }
      statistics[4 * i] = independent ? sure : first;
      statistics[4 * i + 1] = independent ? closest : first - second;
      statistics[4 * i + 2] = entropy;
      statistics[4 * i + 3] = label;
    }
  },
});
