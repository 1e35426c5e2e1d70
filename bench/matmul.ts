/**
 * The rungs of the matrix-product ladder.
 *
 * @module
 */

import { matmul as product, type Product, rungOf } from "../src/linalg/matmul.ts";
import { median, round, type Row, type Subject } from "./subject.ts";

type Size = readonly [what: string, m: number, n: number, k: number];

/** The subject. */
export const matmul: Subject = {
  name: "matmul",
  summary: "The rungs of the matrix-product ladder: A B^T",
  async run({ device, ceilings, quick }) {
    const unit = quick ? 64 : ceilings.matmulGFLOPs > 100 ? 2048 : 512;
    const sizes: Size[] = [
      ["square", unit, unit, unit],
      ["tall", 16 * unit, 20, 384],
      ["tall-skinny", 16 * unit, 2, 384],
      ["mat-vec", 16 * unit, 1, 384],
      ["split-K", 10, 384, 16 * unit],
    ];
    const rows: Row[] = [];
    for (const [what, m, n, k] of sizes) {
      const values = (size: number) => Float32Array.from({ length: size }, (_, e) => e % 7 - 3);
      using a = device.tensor("A", [m, k], "real", values(m * k));
      using b = device.tensor("B", [n, k], "real", values(n * k));
      using c = device.tensor("C", [m, n]);
      const sizesOf: Product = {
        m,
        n,
        k,
        a: { tensor: a },
        b: { tensor: b, transposed: true },
        c: { tensor: c },
      };
      const calls = 5;
      const work = async () => {
        for (let i = 0; i < calls; i++) product(device, sizesOf);
        await device.idle();
      };
      await work();
      const seconds = await median(device, 3, work) / calls;
      rows.push({
        what,
        rung: rungOf(sizesOf),
        m,
        n,
        k,
        "GFLOP/s": round(2 * m * n * k / seconds / 1e9),
        "GB/s of A": round(a.bytes / seconds / 1e9),
      });
    }
    return rows;
  },
};
