/** Large batches on a GPU are those of float64, and what that is made of. */

import assert from "node:assert/strict";
import { openDevice } from "../../../src/device/open.ts";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { probsPredictor } from "../../../src/pool/predictions.ts";
import { copyFactors } from "../../../src/select/bait/exact/copy-factors.ts";
import { ExactMatrices } from "../../../src/select/bait/exact/matrices.ts";
import { FisherFactors } from "../../../src/select/bait/fisher/factors.ts";
import { runBait } from "../../../src/select/bait/run-bait.ts";
import { Inspections } from "../../../src/select/bait/inspections.ts";
import { assertClose, deviceTest, gpuTest, numbers, Random } from "../../fixture.ts";
import { inverse, product } from "../../linalg/plain.ts";

/** Clusters with a decaying spectrum, and the probabilities of a softmax head. */
function clusters(seed: number, rows: number, columns: number, classes: number) {
  const random = new Random(seed);
  const centers = random.normals(classes * columns);
  const noise = random.normals(rows * columns);
  const features = noise.map((value, e) => {
    const [row, f] = [Math.floor(e / columns), e % columns];
    return (value + 0.7 * centers[row % classes * columns + f]!) / Math.sqrt(1 + f / 4);
  });
  return { features, probabilities: random.probabilities(rows, classes) };
}

/** BAIT Binary's forward phase in float64 from its definition, with the scores updated. */
function forwardPicks(
  { features, probabilities }: ReturnType<typeof clusters>,
  [rows, d, classes]: readonly [number, number, number],
  labeled: readonly number[],
  budget: number,
): number[] {
  const top = Array.from(
    { length: rows },
    (_, i) => Math.max(...probabilities.subarray(i * classes, (i + 1) * classes)),
  );
  const scale = Math.sqrt(budget / (labeled.length + budget));
  const v = top.map((m, i) =>
    Float64Array.from(
      features.subarray(i * d, (i + 1) * d),
      (x) => x * scale * Math.sqrt(m * (1 - m)),
    )
  );
  const F = new Float64Array(d * d);
  const M = new Float64Array(d * d);
  const add = (to: Float64Array, x: Float64Array, factor: number) => {
    for (let e = 0; e < d * d; e++) to[e]! += factor * x[Math.floor(e / d)]! * x[e % d]!;
  };
  for (const x of v) add(F, x, 1 / (rows * scale ** 2));
  let trace = 0;
  for (let f = 0; f < d; f++) trace += F[f * (d + 1)]!;
  for (let f = 0; f < d; f++) M[f * (d + 1)] = 0.3 * trace / d;
  for (const i of labeled) add(M, v[i]!, 1 / (labeled.length + budget) / scale ** 2);
  let B = inverse(M, d);
  const open = new Set(v.keys());
  for (const i of labeled) open.delete(i);
  const picks: number[] = [];
  const times = (matrix: Float64Array, x: Float64Array) => {
    const y = new Float64Array(d);
    for (let e = 0; e < d * d; e++) y[Math.floor(e / d)]! += matrix[e]! * x[e % d]!;
    return y;
  };
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, f) => sum + x * b[f]!, 0);
  const G = v.map((x) => dot(x, times(B, x)));
  const P = product(product(B, F, d, d, d), B, d, d, d);
  const H = v.map((x) => dot(x, times(P, x)));
  while (picks.length < 2 * budget) {
    let best = -1;
    for (const i of open) {
      if (best < 0 || H[i]! / (1 + G[i]!) > H[best]! / (1 + G[best]!)) best = i;
    }
    open.delete(best);
    picks.push(best);
    add(M, v[best]!, 1);
    const w = times(B, v[best]!).map((x) => x / Math.sqrt(1 + G[best]!));
    const t = H[best]! / (1 + G[best]!);
    const Fw = times(F, w);
    // P v = M^-1 F M^-1 v, and w is M^-1 v but for a factor.
    const z = times(B, Fw).map((x, f) => x - t * w[f]! / 2);
    for (const i of open) {
      const [a, b] = [dot(v[i]!, w), dot(v[i]!, z)];
      G[i]! -= a * a;
      H[i]! -= 2 * a * b;
    }
    if (picks.length % 50 === 0) B = inverse(M, d);
    else add(B, w, -1);
  }
  return picks;
}

gpuTest(
  "exact: 300 forward picks on a GPU are those of float64, in their order",
  async (device) => {
    const shape = [600, 24, 4] as const;
    const made = clusters(5, ...shape);
    const labeled = [3, 77, 200, 411];
    const expected = forwardPicks(made, shape, labeled, 150);
    using pool = await Pool.from(device, arrayRows("features", made.features, 24));
    const predictor = probsPredictor(arrayRows("probabilities", made.probabilities, 4));
    const { forward, rebuilds, drift } = await runBait(pool, {
      fisher: "binary",
      budget: 150,
      labeled,
      predictor,
    });
    assert.deepEqual(forward, expected);
    assert.ok(rebuilds > 1, "the scores fell, and nothing was repaired");
    assert.ok(drift < 2e-5, `${drift}`);
  },
);

gpuTest("exact: a large backward phase drops what float64 drops", async (device) => {
  using cpu = await openDevice({ device: "cpu", blas: false });
  const { features, probabilities } = clusters(6, 700, 16, 4);
  const predictor = probsPredictor(arrayRows("probabilities", probabilities, 4));
  const problem = { fisher: "binary", budget: 320, labeled: [5, 6, 7], predictor } as const;
  const batches: number[][] = [];
  for (const one of [cpu, device]) {
    using pool = await Pool.from(one, arrayRows("features", features, 16));
    const { picks, forward } = await runBait(pool, problem);
    assert.equal(forward.length, 640);
    batches.push(picks.toSorted((a, b) => a - b));
  }
  assert.equal(batches[1]!.length, 320);
  assert.deepEqual(batches[1], batches[0]);
});

deviceTest("exact: matrices that follow samples are those of the sum of all", async (device) => {
  using cpu = await openDevice({ device: "cpu", blas: false });
  const { features, probabilities } = clusters(7, 40, 8, 3);
  const predictor = probsPredictor(arrayRows("probabilities", probabilities, 3));
  using pool = await Pool.from(device, arrayRows("features", features, 8));
  for (const fisher of ["exp", "binary"] as const) {
    using factors = await FisherFactors.from(pool, {
      ...{ fisher, topClasses: 2, predictor, scale: 0.5, segmentRows: 256 },
    });
    const [first, second] = [[3, 1, 30, 9, 12], [5, 39]];
    const gathered = async (picks: number[]) => {
      using index = device.tensor("picks", [picks.length], "u32", picks);
      using part = factors.gather(index, picks.length);
      return await copyFactors(part, cpu);
    };
    using all = await gathered([...first, ...second]);
    using before = await gathered(first);
    using after = await gathered(second);
    const { D } = factors;
    const F = Float64Array.from({ length: D * D }, (_, e) => e % (D + 1) === 0 ? 1 + e / 99 : 0);
    using lambda = cpu.tensor("lambda", [1], "real", [0.25]);
    const known = { lambda, labeled: undefined, labeledScale: 0 };
    using whole = new ExactMatrices(cpu, F);
    await whole.sum({ ...known, chosen: all });
    using updated = new ExactMatrices(cpu, F);
    await updated.sum({ ...known, chosen: before });
    updated.add(after);
    const tolerance = { relative: 1e-9, absolute: 1e-9 };
    for (const name of ["inverse", "middle"] as const) {
      assertClose(
        await numbers(cpu, updated[name]),
        await numbers(cpu, whole[name]),
        tolerance,
        `${fisher} ${name}`,
      );
    }
  }
});

Deno.test("exact: a fall of the scores is repaired before its limit, a jump of the drift taken back", () => {
  const inspections = new Inspections({ drift: 1e-6, fall: 8 });
  const scores: number[] = [];
  const until = (done: number) => {
    while (scores.length < done) scores.push(Math.exp(-scores.length / 20));
    return scores;
  };
  let done = 10;
  const repairs: number[] = [];
  while (done < 400) {
    inspections.see(1e-8, until(done));
    assert.equal(inspections.standing, done);
    if (inspections.due) {
      repairs.push(done);
      inspections.repaired();
    }
    assert.ok(inspections.next >= 5 && inspections.next <= 40, `${inspections.next}`);
    done += inspections.next;
  }
  // exp(-x / 20) falls by 8 in 42 picks.
  const gaps = repairs.map((at, e) => at - (repairs[e - 1] ?? 0));
  assert.ok(gaps.every((gap) => gap >= 25 && gap <= 46), `${repairs}`);

  inspections.see(1e-8, until(done));
  assert.equal(inspections.standing, done);
  inspections.see(1e-4, until(done + 20));
  assert.ok(inspections.due);
  assert.equal(inspections.standing, done);
  inspections.repaired();
  assert.equal(inspections.next, 10);
});
