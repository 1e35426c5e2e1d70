/**
 * The variants of the matrix product: operations or bytes per second.
 *
 * @module
 */

import { matmul as product, type Product, type Rung, rungOf } from "../src/linalg/matmul.ts";
import { checkProduct, type Contender, contenders, factor, type Maker } from "./lib/others.ts";
import type { Context, Subject } from "./lib/subject.ts";
import { digits, percent, type Table } from "./lib/table.ts";
import { type Measured, summarize, thoroughness, timePerStep } from "./lib/timing.ts";

interface Case {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /**
   * The operand that is stored transposed: B for products with rows of a pool, A for sums over
   * rows.
   */
  readonly transposed?: "A" | "B";
}

interface Found extends Case, Measured {
  readonly rung: Rung;
  readonly GFLOPs: number;
  readonly GBs: number;
}

interface Beside extends Measured {
  readonly library: string;
  readonly order: number;
}

/** The products to measure. */
const CASES: readonly Case[] = [
  { name: "square", m: 512, n: 512, k: 512 },
  { name: "square", m: 1024, n: 1024, k: 1024 },
  { name: "square", m: 2048, n: 2048, k: 2048 },
  { name: "logits of 10 classes", m: 50_000, n: 10, k: 384, transposed: "B" },
  { name: "gradient of 12 classes", m: 384, n: 12, k: 50_000, transposed: "A" },
  { name: "a pick of exp, K = 10", m: 50_000, n: 40, k: 32, transposed: "B" },
  { name: "wide (forms of a segment)", m: 10_000, n: 384, k: 384 },
  { name: "long sum", m: 64, n: 64, k: 16_384 },
  { name: "two columns (a pick of binary)", m: 50_000, n: 2, k: 384, transposed: "B" },
  { name: "mat-vec", m: 50_000, n: 1, k: 384, transposed: "B" },
];
/** Small products, for `--quick`. */
const QUICK: readonly Case[] = [
  { name: "square", m: 96, n: 96, k: 96 },
  { name: "skinny", m: 1000, n: 10, k: 64, transposed: "B" },
  { name: "across", m: 64, n: 12, k: 1000, transposed: "A" },
  { name: "long sum", m: 32, n: 32, k: 2048 },
  { name: "mat-vec", m: 1000, n: 1, k: 64, transposed: "B" },
];
/** Products with a longer estimated time are left out, in seconds. */
const SECONDS = 8;
/** The orders of the products that are compared with other libraries. */
const ORDERS = [512, 1024];
/** The number of repetitions of each comparison. */
const REPETITIONS = 9;

/** The benchmark. */
export const matmul: Subject = {
  name: "matmul",
  summary: "Matrix products on each rung of the ladder, and beside other libraries (--others)",
  async run(context) {
    const { ceilings, note, quick, others } = context;
    const found: Found[] = [];
    for (const one of quick ? QUICK : CASES) {
      const { name, m, n, k } = one;
      if (2 * m * n * k / ceilings.matmulGFLOPs / 1e9 > SECONDS) {
        note(`matmul: ${m} x ${n} x ${k} is left out on this device`);
        continue;
      }
      note(`matmul: ${name}, ${m} x ${n} x ${k}`);
      found.push(await measure(context, one));
    }
    const tables = [ladder(context, found)];
    let beside: Beside[] | undefined;
    if (others && !quick) {
      beside = await sideBySide(context);
      tables.push({
        title: "One square product and its readback, beside other libraries on the same adapter",
        columns: ["library", "order", "ms", "least ms", "GFLOP/s"],
        rows: beside.map(({ library, order, seconds, least }) => [
          library,
          order,
          digits(1000 * seconds),
          digits(1000 * least),
          digits(2 * order ** 3 / seconds / 1e9),
        ]),
      });
    }
    return { tables, values: { products: found, ...(beside && { beside }) } };
  },
};

async function measure({ device, quick }: Context, one: Case): Promise<Found> {
  const { m, n, k, transposed } = one;
  using a = device.tensor("left factor", [m, k], "real", ones(m * k));
  using b = device.tensor("right factor", [k, n], "real", ones(k * n));
  using c = device.tensor("product", [m, n]);
  const what: Product = {
    m,
    n,
    k,
    a: { tensor: a, transposed: transposed === "A" },
    b: { tensor: b, transposed: transposed === "B" },
    c: { tensor: c },
  };
  const measured = await timePerStep(device, () => product(device, what), {
    ...thoroughness(quick),
    budget: quick ? 1 : 8,
  });
  const { seconds } = measured;
  return {
    ...one,
    ...measured,
    rung: rungOf(what),
    GFLOPs: 2 * m * n * k / seconds / 1e9,
    GBs: (a.bytes + b.bytes + c.bytes) / seconds / 1e9,
  };
}

/** Small whole numbers other than 0, which the CPU twin would skip. */
function ones(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, e) => e % 7 + 1);
}

function ladder({ ceilings }: Context, found: readonly Found[]): Table {
  return {
    title: "Matrix products",
    columns: ["product", "m x n x k", "rung", "ms", "GFLOP/s", "GB/s", "GB/s of copy"],
    rows: found.map(({ name, m, n, k, rung, seconds, GFLOPs, GBs }) => [
      name,
      `${m} x ${n} x ${k}`,
      rung,
      digits(1000 * seconds),
      digits(GFLOPs),
      digits(GBs),
      percent(GBs / ceilings.copyGBs),
    ]),
    notes: ["GB/s: both factors read once and the product written once"],
  };
}

/**
 * One product and its readback in each library, in turns, so that other load affects all of them.
 */
async function sideBySide({ device, note }: Context): Promise<Beside[]> {
  using owned = new DisposableStack();
  const creel: Maker = (order, left, right) => {
    const a = owned.use(device.tensor("left factor", [order, order], "real", left));
    const b = owned.use(device.tensor("right factor", [order, order], "real", right));
    const c = owned.use(device.tensor("product", [order, order]));
    const sizes = { m: order, n: order, k: order };
    return async () => {
      product(device, { ...sizes, a: { tensor: a }, b: { tensor: b }, c: { tensor: c } });
      return await device.read(c);
    };
  };
  const all: Contender[] = [{ library: "Creel", make: creel }, ...await contenders(note)];
  const found: Beside[] = [];
  for (const order of ORDERS) {
    note(`matmul: side by side, order ${order}`);
    const [a, b] = [factor(order), factor(order)];
    const runs = all.map(({ make }) => make(order, a, b));
    for (const run of runs) checkProduct(await run(), a, b, order);
    const seconds: number[][] = all.map(() => []);
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      for (const [place, run] of runs.entries()) {
        const start = performance.now();
        await run();
        seconds[place]!.push((performance.now() - start) / 1000);
      }
    }
    all.forEach(({ library }, place) =>
      found.push({ library, order, ...summarize(seconds[place]!) })
    );
  }
  return found;
}
