import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../../../src/device/device.ts";
import { arrayRows } from "../../../../src/io/rows.ts";
import { Pool, type PoolOptions } from "../../../../src/pool/pool.ts";
import type { Predictor } from "../../../../src/pool/predictions.ts";
import { bait } from "../../../../src/select/bait/bait.ts";
import { classBlocks } from "../../../../src/select/bait/classes/class-blocks.ts";
import { ClassInformation } from "../../../../src/select/bait/classes/class-information.ts";
import { ClassPhase } from "../../../../src/select/bait/classes/class-phase.ts";
import { HostSamples } from "../../../../src/select/bait/classes/host-samples.ts";
import { type BaitInput, baitSettings } from "../../../../src/select/bait/options.ts";
import { baitObjectives } from "../../../../src/select/bait/run-bait.ts";
import { runStrategy } from "../../../../src/select/run-strategy.ts";
import { WEIGHTINGS } from "../../../../src/select/strategy/bait-report.ts";
import type { SelectionOptions } from "../../../../src/select/strategy/request.ts";
import {
  assertClose,
  deviceTest,
  matrixTest,
  Random,
  sharedDevice,
  withLimits,
} from "../../../fixture.ts";
import { TOLERANCES } from "../../golden.ts";
import { few, rowsOf } from "../../problems.ts";
import { type ClassProblem, textbookClasses, textbookClassObjective } from "./textbook.ts";

/** Independent probabilities: those of a sample do not sum to 1. */
function sigmoids(probabilities: readonly (readonly number[])[]): Predictor {
  const classes = probabilities[0]!.length;
  return {
    classes,
    independent: true,
    // deno-lint-ignore require-await
    async predict(device, { base, rows }) {
      const values = probabilities.slice(base, base + rows).flat();
      return device.tensor("sigmoids", [rows, classes], "real", values);
    },
    subset: (indices) => sigmoids(indices.map((i) => probabilities[i]!)),
  };
}

function problemOf(
  [rows, columns, classes]: readonly [number, number, number],
  more: Partial<ClassProblem> = {},
): ClassProblem {
  const random = new Random(rows * columns + classes);
  return {
    features: rowsOf(random.normals(rows * columns), columns),
    probabilities: rowsOf(random.uniforms(rows * classes, 0.01, 0.99), classes),
    labeled: random.distinct(4, rows),
    topClasses: 2,
    weighting: "reference",
    lambda: "auto",
    budget: 4,
    oversample: 2,
    ...more,
  };
}

async function solve(
  device: Device,
  problem: ClassProblem,
  more: Partial<SelectionOptions> & { pool?: PoolOptions; select?: "topk" } = {},
) {
  const { features, probabilities, labeled, budget, ...options } = problem;
  const { pool: poolOptions, select, ...rest } = more;
  using pool = await Pool.from(device, arrayRows("features", features), poolOptions);
  const predictor = sigmoids(probabilities);
  const { picks, bait: report } = await runStrategy(
    pool,
    bait({ fisher: "classes", select, ...options }),
    { labeled, budget, predictor, ...rest },
  );
  return { picks, report: report!, drift: report!.drift };
}

Deno.test("classes: every pick is the one with the largest direct decrease", async () => {
  const device = await sharedDevice("cpu");
  const problems = fc.record({
    shape: fc.tuple(
      fc.integer({ min: 6, max: 17 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
    ),
    labeled: fc.integer({ min: 0, max: 3 }),
    more: fc.record({
      topClasses: fc.integer({ min: 0, max: 5 }),
      weighting: fc.constantFrom(...WEIGHTINGS),
      lambda: fc.constantFrom("auto" as const, 1, 0.3),
      budget: fc.integer({ min: 1, max: 3 }),
      oversample: fc.constantFrom(1, 1.5, 2),
    }),
  });
  await fc.assert(
    fc.asyncProperty(problems, async ({ shape, labeled, more }) => {
      const problem = problemOf(shape, more);
      const known = { ...problem, labeled: problem.labeled.slice(0, labeled) };
      const { picks, report } = await solve(device, known);
      const expected = textbookClasses(known);
      assert.deepEqual(report.forward, expected.forward);
      assert.deepEqual(picks, expected.picks);
      assertClose(
        report.forwardScores,
        expected.forwardScores,
        { relative: 0, absolute: 8e-14 * Math.max(1, expected.start) },
      );
      assertClose([report.objective, report.lambda], [expected.objective, expected.lambda], {
        relative: 1e-12,
        absolute: 0,
      });
    }),
    few(60),
  );
});

matrixTest("classes: larger problems pick as the textbook does", async (device) => {
  const tolerance = TOLERANCES[device.kind];
  for (const weighting of WEIGHTINGS) {
    // More labeled samples of a class than features, too.
    const labeled = Array.from({ length: 9 }, (_, i) => 3 * i);
    for (const topClasses of [0, 3]) {
      const problem = problemOf([39, 3, 5], { weighting, topClasses, labeled });
      const { picks, report } = await solve(device, problem);
      const expected = textbookClasses(problem);
      assert.deepEqual(report.forward, expected.forward, `${weighting} ${topClasses}`);
      assert.deepEqual(picks, expected.picks, `${weighting} ${topClasses}`);
      assertClose(report.forwardScores, expected.forwardScores, { relative: tolerance.scores });
      assertClose([report.objective], [expected.objective], { relative: tolerance.objective });
      assert.equal(report.topClasses, topClasses);
    }
  }
});

matrixTest("classes: classes with many samples are measured as those with few", async (device) => {
  const problem = problemOf([700, 17, 3], { topClasses: 2, lambda: 0.2, budget: 5 });
  const { report } = await solve(device, problem);
  // The decrease by each pick, from the objectives of the batches up to it.
  using pool = await Pool.from(device, arrayRows("features", problem.features));
  const batches = [[], [0], [0, 1], report.forward].map((batch, at) =>
    at === 3 ? batch : report.forward.slice(0, batch.length)
  );
  const predictor = sigmoids(problem.probabilities);
  const objectives = await baitObjectives(
    pool,
    { ...problem, fisher: "classes", predictor },
    batches,
  );
  const expected = batches.map((batch) => textbookClassObjective(problem, batch));
  assertClose(objectives, expected, { relative: TOLERANCES[device.kind].objective });
  assertClose(
    report.forwardScores.slice(0, 2),
    [expected[0]! - expected[1]!, expected[1]! - expected[2]!],
    { relative: 10 * TOLERANCES[device.kind].scores },
  );
});

deviceTest("classes: a pool of several blocks, and half floats, give the same", async (device) => {
  const plain = problemOf([600, 14, 6], { labeled: [0, 255, 256, 599], budget: 5 });
  const features = plain.features.map((row) => row.map((value) => Math.f16round(value)));
  const problem = { ...plain, features };
  const whole = await solve(device, problem);
  const small = withLimits(device, { bindingBytes: 256 * 4 * 16 });
  for (const [where, pool] of [[small, {}], [device, { storage: "f16" }]] as const) {
    const other = await solve(where, problem, { pool });
    assert.deepEqual(other.report.forward, whole.report.forward);
    assert.deepEqual(other.picks, whole.picks);
    assertClose([other.report.objective], [whole.report.objective]);
  }
});

deviceTest("classes: excluded samples count in F and are never picked", async (device) => {
  const problem = problemOf([41, 4, 4]);
  const { picks: [first] } = await solve(device, problem);
  const excluded = [first!];
  const { picks, report } = await solve(device, problem, { excluded });
  assert.ok(!report.forward.includes(first!));
  const left = textbookClassObjective(problem, picks);
  assertClose([report.objective], [left], { relative: TOLERANCES[device.kind].objective });
});

deviceTest("classes: of equal samples the first is picked first", async (device) => {
  const { features, probabilities, ...rest } = problemOf([23, 4, 4], { labeled: [], budget: 9 });
  const twice = {
    ...rest,
    features: [...features, ...features],
    probabilities: [...probabilities, ...probabilities],
  };
  const { report: { forward } } = await solve(device, twice);
  forward.forEach((index, at) => {
    if (index >= 23) assert.ok(forward.slice(0, at).includes(index - 23), `${forward}`);
  });
  assert.ok(forward.length === 18 && forward[0]! < 23);
});

deviceTest("classes: topk takes the samples with the highest first scores", async (device) => {
  const problem = problemOf([41, 4, 4]);
  const { picks, report } = await solve(device, problem, { select: "topk" });
  const start = textbookClassObjective(problem, []);
  const gains = problem.features.map((_, i) =>
    problem.labeled.includes(i) ? -1 : start - textbookClassObjective(problem, [i])
  );
  const best = gains.map((_, i) => i).sort((a, b) => gains[b]! - gains[a]!).slice(0, 4);
  assert.deepEqual(picks, best);
  assertClose(report.forwardScores, best.map((i) => gains[i]!), { relative: 1e-3 });
});

deviceTest("classes: the picks do not depend on the unit of the features", async (device) => {
  const problem = problemOf([41, 4, 4]);
  const expected = await solve(device, problem);
  for (const unit of [1e-9, 3e9]) {
    const features = problem.features.map((row) => row.map((value) => unit * value));
    const { picks, report } = await solve(device, { ...problem, features });
    assert.deepEqual(picks, expected.picks);
    assertClose([report.lambda / unit ** 2], [expected.report.lambda], { absolute: 0 });
  }
});

deviceTest(
  "classes: a repair in the middle of the forward phase changes nothing",
  async (device) => {
    // Some classes have more labeled samples than features.
    const labeled = Array.from({ length: 30 }, (_, i) => 2 * i);
    const problem = problemOf([83, 9, 5], { lambda: 0.1, budget: 8, labeled });
    using pool = await Pool.from(device, arrayRows("features", problem.features));
    const predictor = sigmoids(problem.probabilities);
    const input = { ...problem, fisher: "classes", predictor } as BaitInput;
    using information = await ClassInformation.from(pool, baitSettings(input));
    const candidates = pool.device &&
      [...problem.features.keys()].filter((i) => !problem.labeled.includes(i));
    using phase = new ClassPhase(information, candidates, 12);
    for (let step = 0; step < 6; step++) phase.advance(step);
    const before = await device.read(information.forms);
    const picked = (await phase.picker.read()).slice(0, 6);
    await phase.repair(await HostSamples.read(pool, picked, information.index));
    const tolerance = device.kind === "cpu" ? 1e-11 : 1e-4;
    assertClose(await device.read(information.forms), before, { relative: tolerance });
    for (let step = 6; step < 12; step++) phase.advance(step);
    const expected = await solve(device, { ...problem, oversample: 1.5 });
    assert.deepEqual(await phase.picker.read(), expected.report.forward);
    assert.ok(await phase.readDrift() < tolerance);
  },
);

deviceTest("classes: pairs of a sample and a class that do not fit are refused", async (device) => {
  const small = withLimits(device, { bindingBytes: 8192 });
  await assert.rejects(
    solve(small, problemOf([300, 2, 5], { topClasses: 4 })),
    {
      name: "DeviceError",
      message: "Cannot run fisher classes with 4 classes for each of 300 samples: device " +
        `${device.kind} holds 1024 pairs of a sample and a class, so use topClasses 3 or fewer`,
    },
  );
});

Deno.test("classes: what cannot be run is refused", async () => {
  const device = await sharedDevice("cpu");
  using pool = await Pool.from(device, arrayRows("features", [[1, 0], [0, 1], [2, 1]]));
  const run = (options: Parameters<typeof bait>[0], predictor?: Predictor) =>
    runStrategy(pool, bait({ fisher: classBlocks, ...options }), { budget: 1, predictor });
  await assert.rejects(run({}), { message: /^Cannot run bait without class probabilities/ });
  const even = sigmoids([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]);
  await assert.rejects(run({ diagonal: true }, even), {
    name: "InputError",
    message: /^Cannot run fisher classes with diagonal/,
  });
  await assert.rejects(run({ lambda: 1e-20 }, even), {
    name: "InputError",
    message: /^Cannot run BAIT with lambda/,
  });
  assert.throws(() => bait({ fisher: classBlocks, topClasses: -1 }), {
    message: "Option topClasses of bait must be a whole number, 0 or more: found -1",
  });
});

deviceTest(
  "classes: certain predictions have no information, and the first are picked",
  async (device) => {
    const certain = Array.from({ length: 5 }, () => [1, 0, 0]);
    const problem = { ...problemOf([5, 2, 3]), probabilities: certain, labeled: [0], budget: 2 };
    const { picks, report } = await solve(device, problem);
    assert.deepEqual([picks.length, report.objective, report.lambda], [2, 0, 1]);
  },
);
