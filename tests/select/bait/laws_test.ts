import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../../src/device/device.ts";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { logitsPredictor } from "../../../src/pool/predictions.ts";
import { baitObjectives, runBait } from "../../../src/select/bait/run-bait.ts";
import { assertClose, deviceTest, Random, sharedDevice } from "../../fixture.ts";
import { few, problems, rowsOf, solve } from "../problems.ts";
import { type Problem, textbookBait, textbookObjective } from "./textbook.ts";

const EXACT = { relative: 1e-8, absolute: 1e-10 };

/** A problem of a given size. */
function problemOf(rows: number, columns: number, classes: number, more: Partial<Problem> = {}) {
  const random = new Random(rows * columns);
  return {
    features: rowsOf(random.normals(rows * columns), columns),
    logits: rowsOf(random.normals(rows * classes, 1.5), classes),
    labeled: random.distinct(4, rows),
    fisher: "binary",
    topClasses: 2,
    weighting: "reference",
    lambda: "auto",
    budget: 5,
    oversample: 2,
    ...more,
  } satisfies Problem as Problem;
}

Deno.test("laws: every form and weighting picks as the textbook does", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { picks, bait } = await solve(device, problem);
      const expected = textbookBait(problem);
      assert.deepEqual(bait!.forward, expected.forward);
      assert.deepEqual(picks, expected.picks);
      assertClose(bait!.forwardScores, expected.forwardScores, { relative: 1e-6, absolute: 1e-8 });
      assertClose([bait!.objective], [expected.objective], { relative: 1e-6, absolute: 0 });
      assertClose([bait!.lambda], [expected.lambda], { relative: 1e-6, absolute: 0 });
    }),
    few(60),
  );
});

deviceTest(
  "laws: the backward phase of the device picks as the one in float64 does",
  async (device) => {
    for (const fisher of ["full", "exp", "binary", "regression"] as const) {
      for (const [seed, budget] of [[1, 4], [2, 7], [3, 12]] as const) {
        const problem = problemOf(40 + seed, 6, 4, { fisher, budget, lambda: 1 });
        using pool = await Pool.from(device, arrayRows("features", problem.features));
        const predictor = logitsPredictor(arrayRows("logits", problem.logits));
        const options = { ...problem, predictor };
        const exact = await runBait(pool, options);
        const ofDevice = await runBait(pool, { ...options, hostOperations: 0 });
        assert.deepEqual(ofDevice.forward, exact.forward);
        assert.deepEqual(ofDevice.picks, exact.picks, `${fisher}, ${budget}`);
        assertClose([ofDevice.objective], [exact.objective], { relative: 1e-5, absolute: 0 });
      }
    }
  },
);

deviceTest("laws: a larger problem of every form picks as the textbook does", async (device) => {
  for (const fisher of ["full", "exp", "binary", "regression"] as const) {
    for (const weighting of ["reference", "sum", "paper"] as const) {
      const problem = problemOf(21, 5, 3, { fisher, weighting, budget: 3 });
      const { picks, bait } = await solve(device, problem);
      const expected = textbookBait(problem);
      assert.deepEqual(bait!.forward, expected.forward, `${fisher} ${weighting}`);
      assert.deepEqual(picks, expected.picks, `${fisher} ${weighting}`);
    }
  }
});

Deno.test("laws: the objective is trace(M^-1 F) of the batch", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const { picks, bait } = await solve(device, problem);
      const expected = textbookObjective(problem, picks);
      assertClose([bait!.objective], [expected], { relative: 1e-6, absolute: 0 });
    }),
    few(20),
  );
});

async function permutedPicks(device: Device, problem: Problem, order: readonly number[]) {
  const { picks, bait } = await solve(device, {
    ...problem,
    features: order.map((i) => problem.features[i]!),
    logits: order.map((i) => problem.logits[i]!),
    labeled: problem.labeled.map((i) => order.indexOf(i)),
  });
  return { picks: picks.map((i) => order[i]!), forward: bait!.forward.map((i) => order[i]!) };
}

Deno.test("laws: permuting the pool permutes the picks", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(problems, fc.nat(), async (problem, seed) => {
      const { length } = problem.features;
      const { picks, bait } = await solve(device, problem);
      const order = new Random(seed).distinct(length, length);
      assert.deepEqual(await permutedPicks(device, problem, order), {
        picks,
        forward: bait!.forward,
      });
    }),
    few(20),
  );
});

deviceTest("laws: permuting a pool of several hundred permutes the picks", async (device) => {
  const problem = problemOf(301, 13, 3);
  const { picks, bait } = await solve(device, problem);
  const order = new Random(5).distinct(301, 301);
  assert.deepEqual(await permutedPicks(device, problem, order), { picks, forward: bait!.forward });
});

const scaled = (problem: Problem, factor: number): Problem => ({
  ...problem,
  features: problem.features.map((row) => row.map((value) => factor * value)),
});

Deno.test("laws: with lambda auto the features' scale does not matter", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(
      problems,
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      async (problem, factor) => {
        const auto: Problem = { ...problem, lambda: "auto" };
        const { picks, bait } = await solve(device, auto);
        const other = await solve(device, scaled(auto, factor));
        assert.deepEqual(other.picks, picks);
        assertClose(other.bait!.forwardScores, bait!.forwardScores, {
          relative: 1e-4,
          absolute: 1e-6,
        });
      },
    ),
    few(20),
  );
});

deviceTest("laws: with lambda auto a power of two changes no bit of the result", async (device) => {
  for (const fisher of ["exp", "binary"] as const) {
    const problem = problemOf(83, 9, 4, { fisher });
    const { picks, bait } = await solve(device, problem);
    for (const factor of [2 ** -9, 4, 2 ** 9]) {
      const other = await solve(device, scaled(problem, factor));
      assert.deepEqual(other.picks, picks);
      const { lambda, ...rest } = bait!;
      assert.deepEqual(other.bait, { lambda: lambda * factor ** 2, ...rest });
    }
  }
});

Deno.test("laws: exp with every class is full", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(problems, async (problem) => {
      const full = await solve(device, { ...problem, fisher: "full" });
      const classes = problem.logits[0]!.length;
      for (const topClasses of [classes, classes + 3]) {
        const exp = await solve(device, { ...problem, fisher: "exp", topClasses });
        assert.deepEqual(exp.picks, full.picks);
        assert.deepEqual(exp.bait!.forward, full.bait!.forward);
        assertClose([exp.bait!.objective], [full.bait!.objective], EXACT);
      }
    }),
    few(10),
  );
});

Deno.test("laws: the copy of a sample is never worth more than the sample was", async () => {
  const device = await sharedDevice("cpu");
  await fc.assert(
    fc.asyncProperty(problems, fc.nat(), async (problem, any) => {
      const picked = any % problem.features.length;
      const copy = problem.features.length;
      const features = [...problem.features, problem.features[picked]!];
      const logits = [...problem.logits, problem.logits[picked]!];
      using pool = await Pool.from(device, arrayRows("features", features));
      const predictor = logitsPredictor(arrayRows("logits", logits));
      const labeled = problem.labeled.filter((i) => i !== picked);
      const [none, one, two] = await baitObjectives(pool, { ...problem, labeled, predictor }, [
        [],
        [picked],
        [picked, copy],
      ]);
      assert.ok(one! <= none!, `${one} after a pick instead of ${none}`);
      assert.ok(one! - two! <= (none! - one!) * (1 + 1e-9) + 1e-12);
    }),
    few(20),
  );
});

deviceTest("laws: of equal samples the lowest index is picked first", async (device) => {
  for (const fisher of ["binary", "exp"] as const) {
    const { features, logits, ...rest } = problemOf(67, 7, 3, { fisher, budget: 60 });
    const copies = 3;
    const repeat = <T>(rows: readonly T[]) => Array.from({ length: copies }, () => rows).flat();
    const { bait } = await solve(device, {
      ...rest,
      features: repeat(features),
      logits: repeat(logits),
      oversample: 1,
    });
    const taken = new Set(rest.labeled);
    for (const index of bait!.forward) {
      for (let lower = index - 67; lower >= 0; lower -= 67) {
        assert.ok(taken.has(lower), `${index} was picked before its copy ${lower} (${fisher})`);
      }
      taken.add(index);
    }
  }
});

deviceTest("laws: slices change when work is waited for, never what is picked", async (device) => {
  const problem = problemOf(120, 6, 3, { budget: 15 });
  const { picks, bait } = await solve(device, problem, { sliceMilliseconds: 1e-3 });
  const whole = await solve(device, problem, { sliceMilliseconds: 1e9 });
  assert.deepEqual([whole.picks, whole.bait], [picks, bait]);
});
