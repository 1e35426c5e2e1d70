import assert from "node:assert/strict";
import type { Device } from "../../../src/device/device.ts";
import type { Tensor } from "../../../src/device/tensor.ts";
import { FisherFactors } from "../../../src/select/bait/fisher/factors.ts";
import { arrayRows } from "../../../src/io/rows.ts";
import { Pool } from "../../../src/pool/pool.ts";
import { probsPredictor } from "../../../src/pool/predictions.ts";
import { BaitPhase } from "../../../src/select/bait/phase.ts";
import type { Matrices } from "../../../src/select/bait/phase-state.ts";
import { literalA, literalForm, literalInformation, literalV } from "./fisher/literal.ts";
import { assertClose, deviceTest, numbers, Random } from "../../fixture.ts";
import { inverse, product } from "../../linalg/plain.ts";
import { rowsOf } from "../problems.ts";

const ROWS = 37;
const STEPS = 4;

/** A pool with its factors in both ways, and the matrices of an M that is the identity. */
async function setUp(device: Device, fisher: "full" | "exp" | "binary", d: number, K: number) {
  const random = new Random(d);
  const features = rowsOf(random.normals(ROWS * d), d);
  const probabilities = rowsOf(random.probabilities(ROWS, K), K);
  const V = features.map((x, i) => literalV(x, literalA(fisher, probabilities[i]!, 2)));
  const D = V[0]!.rows;
  const F = literalInformation(V).map((value) => value / ROWS);
  using stack = new DisposableStack();
  const pool = stack.use(await Pool.from(device, arrayRows("features", features)));
  const factors = stack.use(
    await FisherFactors.from(pool, {
      fisher,
      topClasses: 2,
      scale: 1,
      predictor: probsPredictor(arrayRows("probs", probabilities)),
      segmentRows: 1024,
    }),
  );
  const identity = Float64Array.from({ length: D * D }, (_, e) => e % (D + 1) === 0 ? 1 : 0);
  const matrix = (label: string, values: Float64Array) =>
    stack.use(device.tensor(label, [D, D], "real", values));
  const matrices: Matrices = {
    information: matrix("F", F),
    inverse: matrix("inverse", identity),
    middle: matrix("P", F),
  };
  return { V, D, F, factors, matrices, identity, owned: stack.move() };
}

/** `M^-1` and `P` when some samples are in M. */
function literalMatrices(
  { V, D, F, identity }: Awaited<ReturnType<typeof setUp>>,
  chosen: number[],
) {
  const sum = chosen.length > 0 ? literalInformation(chosen.map((i) => V[i]!)) : [];
  const inverted = inverse(identity.map((value, e) => value + (sum[e] ?? 0)), D);
  return { inverse: inverted, middle: product(product(inverted, F, D, D, D), inverted, D, D, D) };
}

/** The forms of a sample, as the device keeps them: packed G (or `I - G`) and H. */
async function formsOf(device: Device, forms: Tensor, place: number): Promise<number[]> {
  const width = forms.shape[1]!;
  return await numbers(device, forms, place * width, width);
}

for (const [fisher, d, K] of [["binary", 16, 3], ["exp", 8, 3], ["full", 8, 4]] as const) {
  deviceTest(`state: adding and then removing restores it (${fisher})`, async (device) => {
    const world = await setUp(device, fisher, d, K);
    using _owned = world.owned;
    const { V, factors, matrices } = world;
    const tolerance = device.kind === "cpu"
      ? { relative: 1e-6, absolute: 1e-7 } // probabilities were rounded to float32
      : { relative: 2e-4, absolute: 2e-5 };
    const check = async (chosen: number[], what: string) => {
      const expected = literalMatrices(world, chosen);
      for (const name of ["inverse", "middle"] as const) {
        const actual = await device.read(matrices[name]);
        assertClose(actual, expected[name], tolerance, `${name} ${what}`);
      }
      return expected;
    };

    using adding = new BaitPhase(factors, matrices, 1, STEPS, [0]);
    await adding.refresh(() => Promise.resolve());
    adding.score();
    for (let step = 0; step < STEPS; step++) adding.advance(step);
    const picks = await numbers(device, adding.picks);
    assert.equal(new Set([0, ...picks]).size, STEPS + 1);

    const added = await check(picks, "after adding");
    const rank = V[0]!.columns;
    for (let i = 1; i < ROWS; i++) {
      const g = literalForm(V[i]!, added.inverse);
      const h = literalForm(V[i]!, added.middle);
      // A member's G goes to the identity, and so I - G is kept in its place.
      const kept = picks.includes(i)
        ? g.map((value, e) => (isDiagonal(e, rank) ? 1 : 0) - value)
        : g;
      const actual = await formsOf(device, adding.forms[0]!, i);
      assertClose(actual, [...kept, ...h], tolerance, `forms of ${i}`);
    }

    const sorted = picks.toSorted((a, b) => a - b);
    using index = device.tensor("members", [STEPS], "u32", sorted);
    using members = factors.gather(index, STEPS);
    const forms = members.segments.map((segment) =>
      factors.gatherTensor(index, segment, () => adding.forms[0]!)
    );
    using removing = new BaitPhase(members, matrices, -1, STEPS, [], forms);
    removing.score();
    for (let step = 0; step < STEPS; step++) {
      removing.advance(step);
      const gone = (await numbers(device, removing.picks, 0, step + 1)).map((at) => sorted[at]!);
      await check(picks.filter((i) => !gone.includes(i)), `after removing ${gone}`);
    }
    assert.equal(new Set(await numbers(device, removing.picks)).size, STEPS);
  });
}

/** Whether an element of a packed lower triangle lies on the diagonal. */
function isDiagonal(element: number, rank: number): boolean {
  return Array.from({ length: rank }, (_, j) => j * (j + 3) / 2).includes(element);
}
