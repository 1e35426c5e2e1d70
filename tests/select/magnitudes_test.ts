/**
 * Features from 1e-38 to 1e38 and ridges from 1e-20 to 1e20: both devices choose the same valid
 * batch, or both refuse the features in one sentence.
 */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import { InputError } from "../../src/errors.ts";
import { arrayRows, Pool, select, type SelectOptions } from "../../mod.ts";
import { bait } from "../../src/select/bait/bait.ts";
import { loadStrategy } from "../../src/select/registry.ts";
import { STRATEGIES } from "../../src/select/strategy/names.ts";
import type { Strategy } from "../../src/select/strategy/strategy.ts";
import { deviceTest, gpuTest, Random, sharedDevice } from "../fixture.ts";
import { refuses } from "../io/fixtures.ts";

const [ROWS, COLUMNS, CLASSES] = [24, 3, 3];
const random = new Random(5);
const DATA = random.normals(ROWS * COLUMNS);
const LOGITS = { data: random.normals(ROWS * CLASSES), columns: CLASSES };
const WEIGHT = random.normals(CLASSES * COLUMNS);
const LABELED = [1, 5, 8];
const LARGEST = Math.max(...DATA.map(Math.abs));

/** Powers of ten on both sides of what pools hold. */
const EXPONENTS = [-38, -30, -20, -13, -11, -4, 0, 4, 11, 13, 19, 30, 38];

/** The features, the largest of which is a power of ten. */
function featuresOf(exponent: number) {
  const data = DATA.map((value) => value / LARGEST * 10 ** exponent);
  return { data, columns: COLUMNS };
}

/** What a strategy reads, for which the features have the size of the exponent. */
function inputOf(strategy: Strategy, exponent: number): Omit<SelectOptions, "budget"> {
  const reads = strategy.reads(true);
  // A head for features of that size has weights of the inverse size.
  const scale = 10 ** -Math.max(-11, Math.min(11, exponent));
  const head = {
    weight: { data: WEIGHT.map((w) => w * scale), columns: COLUMNS },
    bias: [0, 0, 0],
  };
  const headed = ["head", "weights", "members"].some((reading) =>
    reads.includes(reading as "head")
  );
  return {
    strategy,
    features: featuresOf(exponent),
    labeled: LABELED,
    labels: [1, 2, 0],
    ...(headed ? { head } : { logits: LOGITS }),
    oracle: (index) => index % CLASSES,
  };
}

/** The picks, which are checked; or the message, if the input is refused. */
async function outcome(device: Device, input: Omit<SelectOptions, "budget">) {
  try {
    const { picks, scores, bait } = await select({ ...input, device, budget: 4 });
    assert.equal(new Set(picks).size, 4);
    assert.ok(picks.every((pick) => pick >= 0 && pick < ROWS && !LABELED.includes(pick)));
    const numbers = [...scores ?? [], ...bait?.forwardScores ?? [], bait?.objective ?? 0];
    assert.ok(numbers.every(Number.isFinite), `${numbers}`);
    return { picks };
  } catch (error) {
    assert.ok(error instanceof InputError, `${(error as Error).stack}`);
    assert.match(error.message, /^Cannot .*[^.]$/);
    return { refused: error.message };
  }
}

for (const name of STRATEGIES) {
  gpuTest(
    `magnitudes: ${name} chooses the same from features of any size, or refuses them`,
    async (gpu) => {
      const cpu = await sharedDevice("cpu");
      const strategy = (await loadStrategy(name))();
      for (const exponent of EXPONENTS) {
        const input = inputOf(strategy, exponent);
        const exact = await outcome(cpu, input);
        const refused = exact.refused !== undefined;
        assert.equal(refused, Math.abs(exponent) > 12, `10^${exponent}: ${exact.refused}`);
        // What is refused is refused before a device sees it, so one look at a GPU is enough.
        if (refused && exponent !== 38 && exponent !== -38) continue;
        assert.deepEqual(await outcome(gpu, input), exact, `10^${exponent}`);
      }
    },
  );
}

const FORMS = [
  { fisher: "binary" },
  { fisher: "exp" },
  { fisher: "full" },
  { fisher: "regression" },
  { fisher: "binary", diagonal: true },
  { fisher: "full", select: "topk" },
] as const;

for (const form of FORMS) {
  const title = Object.values(form).join(" ");
  gpuTest(`magnitudes: bait ${title} with ridges from 1e-20 to 1e20`, async (gpu) => {
    const cpu = await sharedDevice("cpu");
    let chosen = 0;
    for (const exponent of [-20, -14, -9, -6, -4, -2, 0, 4, 9, 20]) {
      const input = inputOf(bait({ ...form, lambda: 10 ** exponent }), 0);
      const [found, exact] = [await outcome(gpu, input), await outcome(cpu, input)];
      if (Math.abs(exponent) > 12) assert.ok(exact.refused && found.refused, `1e${exponent}`);
      if (exponent >= -2 && exponent <= 9) assert.ok(found.picks, found.refused);
      if (found.refused) {
        // Float64 can do more, and the message says so.
        assert.match(found.refused, /^Cannot run BAIT with lambda .*, or auto\b/);
        if (exact.picks) assert.match(found.refused, /on device webgpu|or device cpu$/);
        continue;
      }
      assert.deepEqual(found, exact, `lambda 1e${exponent}`);
      chosen++;
    }
    assert.ok(chosen >= 4, `${chosen} chosen`);
  });
}

gpuTest("magnitudes: a ridge counts in relation to the features", async (gpu) => {
  const cpu = await sharedDevice("cpu");
  for (const exponent of [-11, -6, 6, 11]) {
    for (const share of [1e-2, 1, 1e6]) {
      const at = async (device: Device, size: number) => {
        const strategy = bait({ fisher: "full", lambda: share * 10 ** (2 * size) });
        return await outcome(device, inputOf(strategy, size));
      };
      const expected = await at(cpu, 0);
      assert.ok(expected.picks, expected.refused);
      assert.deepEqual(await at(cpu, exponent), expected);
      if (Math.abs(exponent) === 11) assert.deepEqual(await at(gpu, exponent), expected);
    }
  }
});

deviceTest("magnitudes: weights of a head that make no logits are refused", async (device) => {
  const head = { weight: [[1, 2], [3, -1e38]], bias: [0, 0] };
  const input = { device, features: [[1, 2], [3, 4], [5, 6]], budget: 1 };
  const said = (what: string) =>
    `Cannot use the head: ${what}, and the largest absolute weight or bias may be ` +
    "1e+15 because the devices compute in float32";
  await refuses(
    () => select({ ...input, head, strategy: "margin" }),
    said("weight -1e+38 of output 1"),
  );
  const biased = { weight: [[1, 2], [3, 4]], bias: [1e20, 0] };
  await refuses(
    () => select({ ...input, head: biased, strategy: "badge" }),
    said("bias 1e+20 of output 0"),
  );
});

Deno.test("magnitudes: what is said of features that are too large or too small", async () => {
  const device = await sharedDevice("cpu");
  const from = async (rows: number[][], options = {}) => {
    using pool = await Pool.from(device, arrayRows("features in pool.npy", rows), options);
    return pool.largest;
  };
  await refuses(
    () => from([[1, 2], [3, -4e25]]),
    "Cannot use features in pool.npy: the largest absolute value is 4.00e+25, in column 1, and it " +
      "may be at most 1e+12, so multiply the features by a constant, or use scale standardize or l2",
  );
  await refuses(
    () => from([[1e-20, 0], [0, 3e-20]]),
    "Cannot use features in pool.npy: the largest absolute value is 3.00e-20, and it must be 1e-12 " +
      "or more, so multiply the features by a constant, or use scale standardize or l2",
  );
  await refuses(
    () => from([[1e-5, 0], [0, 3e-6]], { storage: "f16" }),
    "Cannot use features in pool.npy: the largest absolute value is 0.0000100, and it must be " +
      "0.00006103515625 or more in half floats, so multiply the features by a constant, or use " +
      "scale standardize or l2",
  );
  await refuses(
    () => from([[1, 2], [1e-35, 0]], { scale: "l2" }),
    "Cannot scale the rows of features in pool.npy to length 1: row 1 is not 0, but all of it is " +
      "below 1e-30",
  );
  await refuses(
    () => from([[1, 2e-38], [2, 6e-38]], { scale: "standardize" }),
    "Cannot scale features in pool.npy: the standard deviation of column 1 is 2.00e-38, and it may " +
      "be 0, or from 1e-30 to 1e+37",
  );
  assert.equal(await from([[0, 0], [0, 0]]), 0);
  assert.equal(await from([[0, 1e-30], [1e-11, 0]]), Math.fround(1e-11));
  assert.equal(await from([[3e30, 4e30], [0, 0]], { scale: "l2" }), 1);
});

deviceTest(
  "magnitudes: features of any size can be scaled, and are what they are then",
  async (device) => {
    const at = async (exponent: number, scale: "standardize" | "l2") => {
      const features = featuresOf(exponent);
      using pool = await Pool.from(device, arrayRows("features", features.data, COLUMNS), {
        scale,
      });
      return await device.read(pool.blocks[0]!.features);
    };
    for (const scale of ["standardize", "l2"] as const) {
      const expected = await at(0, scale);
      for (const exponent of [-28, -13, 13, 36]) {
        const found = await at(exponent, scale);
        found.forEach((value, e) =>
          assert.ok(Math.abs(value - expected[e]!) < 1e-5, `${e}: ${value}`)
        );
      }
    }
  },
);
