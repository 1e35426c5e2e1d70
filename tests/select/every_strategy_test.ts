/** What holds for every strategy, on small pools of any kind. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../src/device/device.ts";
import { InputError } from "../../src/errors.ts";
import { select, type SelectResult } from "../../src/learn/select.ts";
import { loadStrategy } from "../../src/select/registry.ts";
import { STRATEGIES, type StrategyName } from "../../src/select/strategy/names.ts";
import { gpuTest, Random, sharedDevice } from "../fixture.ts";

/** A kind of feature: so many different whole numbers beside 0, or normal numbers. */
type Levels = 0 | 1 | 2 | "normal";

/**
 * Pools down to one sample, one feature, one class; also with equal samples, all labeled but a few,
 * or none.
 */
const pools = (...levels: Levels[]) =>
  fc.record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    rows: fc.integer({ min: 1, max: 24 }),
    columns: fc.integer({ min: 1, max: 9 }),
    classes: fc.integer({ min: 1, max: 4 }),
    labeled: fc.integer({ min: 0, max: 8 }),
    budget: fc.integer({ min: 1, max: 12 }),
    levels: fc.constantFrom(...levels),
    excluded: fc.integer({ min: 0, max: 2 }),
    partitions: fc.constantFrom(undefined, 1, 3),
  });

type PoolSizes = ReturnType<typeof pools> extends fc.Arbitrary<infer Sizes> ? Sizes : never;

/** Everything that a selection from such a pool needs. */
function situationOf({ seed, rows, columns, classes, levels, ...rest }: PoolSizes) {
  const random = new Random(seed);
  const value = () => levels === "normal" ? random.normals(1)[0]! : random.integer(levels + 1);
  const data = Float32Array.from({ length: rows * columns }, value);
  const order = random.distinct(rows, rows);
  const known = Math.min(rest.labeled, rows - 1);
  const labeled = order.slice(0, known);
  const excluded = order.slice(known, known + Math.min(rest.excluded, rows - known - 1));
  const open = order.slice(known + excluded.length);
  const truth = Array.from({ length: rows }, () => random.integer(classes));
  const head = {
    weight: { data: random.normals(classes * columns), columns },
    bias: Array.from(random.normals(classes)),
  };
  const input = {
    features: { data, columns },
    labeled,
    labels: labeled.map((index) => truth[index]!),
    excluded,
    head,
    oracle: (index: number) => truth[index]!,
    budget: Math.min(rest.budget, open.length),
    seed,
  };
  return { input, open };
}

/**
 * Asserts that a strategy picks a valid batch, or refuses with a reason; then there is no result.
 */
async function choiceOf(
  device: Device,
  name: StrategyName,
  sizes: PoolSizes,
): Promise<SelectResult | undefined> {
  const { input, open } = situationOf(sizes);
  const strategy = (await loadStrategy(name))({ partitions: sizes.partitions });
  const before = device.memory.count;
  let result: SelectResult;
  try {
    result = await select({ device, strategy, ...input });
  } catch (error) {
    // One sentence, without a full stop.
    assert.ok(error instanceof InputError, `${(error as Error).stack}`);
    assert.match(error.message, /^Cannot run [a-z-]+ with.*[^.]$/);
    return undefined;
  } finally {
    assert.equal(device.memory.count, before);
  }
  const { picks, scores } = result;
  assert.equal(picks.length, input.budget);
  assert.equal(new Set(picks).size, picks.length);
  assert.ok(picks.every((pick) => open.includes(pick)));
  assert.ok(scores === undefined || scores.every(Number.isFinite), `${scores}`);
  return result;
}

for (const strategy of STRATEGIES) {
  Deno.test(`every strategy: ${strategy} picks a valid batch, or refuses with a reason`, async () => {
    const device = await sharedDevice("cpu");
    let chosen = 0;
    await fc.assert(
      fc.asyncProperty(pools(0, 1, 2, "normal"), async (sizes) => {
        if (await choiceOf(device, strategy, sizes)) chosen++;
      }),
      { numRuns: 60, seed: 20261121 },
    );
    assert.ok(chosen >= 20, `${chosen} of 60 pools`);
  });
}

/** Strategies that draw: rounding may turn one draw into another. */
const DRAWING: readonly StrategyName[] = ["badge", "falcun"];

for (const strategy of STRATEGIES) {
  gpuTest(`every strategy: ${strategy} does so with shaders, too`, async (gpu) => {
    const cpu = await sharedDevice("cpu");
    let [chosen, compared] = [0, 0];
    await fc.assert(
      fc.asyncProperty(pools(1, "normal", "normal"), async (sizes) => {
        const [found, exact] = [
          await choiceOf(gpu, strategy, sizes),
          await choiceOf(cpu, strategy, sizes),
        ];
        assert.equal(found === undefined, exact === undefined, "what one device refuses");
        if (!found) return;
        chosen++;
        // Where features are small whole numbers, rounding decides between samples of equal worth.
        if (sizes.levels !== "normal" || DRAWING.includes(strategy)) return;
        assert.deepEqual(found.picks, exact!.picks);
        compared++;
      }),
      { numRuns: 9, seed: 20261122 },
    );
    assert.ok(chosen >= 4, `${chosen} of 9 pools`);
    assert.ok(compared >= 2 || DRAWING.includes(strategy), `${compared} compared`);
  });
}
