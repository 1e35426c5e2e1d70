/** The four kernels of a step of BAIT against their twins. */

import assert from "node:assert/strict";
import { MASKED, packed, PICKED, pickLayout } from "../../src/kernels/bait/pick.ts";
import { pickSample } from "../../src/kernels/bait/pick-sample.ts";
import { projectPick } from "../../src/kernels/bait/project-pick.ts";
import { updateMatrices } from "../../src/kernels/bait/update-matrices.ts";
import { updateScores } from "../../src/kernels/bait/update-scores.ts";
import { scoreGeometry } from "../../src/select/bait/row-pass.ts";
import { assertClose, compareKernel, gpuTest, Random } from "../fixture.ts";

/** Classes and ranks from binary to 33 classes, among them every step of the launch geometry. */
const factors = [
  [1, 1],
  [2, 1],
  [3, 2],
  [3, 3],
  [7, 5],
  [10, 10],
  [33, 16],
  [20, 17],
  [33, 32],
  [33, 33],
] as const;

/**
 * The forms of every sample, symmetric: G with eigenvalues in 0 .. 1/2, or I - G for members, and
 * H.
 */
function randomForms(
  random: Random,
  samples: number,
  rank: number,
  isMember: (sample: number) => boolean,
): Float32Array<ArrayBuffer> {
  const triangle = rank * (rank + 1) / 2;
  const forms = new Float32Array(samples * 2 * triangle);
  for (let form = 0; form < samples * 2; form++) {
    const b = random.uniforms(rank * rank);
    const square = (j: number, k: number) => {
      let sum = 0;
      for (let u = 0; u < rank; u++) sum += b[j * rank + u]! * b[k * rank + u]!;
      return sum;
    };
    let trace = 0;
    for (let j = 0; j < rank; j++) trace += square(j, j);
    const inverted = form % 2 === 0 && isMember(form / 2);
    for (let j = 0; j < rank; j++) {
      for (let k = 0; k <= j; k++) {
        const value = 0.5 * square(j, k) / (trace || 1);
        const complement = (j === k ? 1 : 0) - value;
        forms[form * triangle + packed(j, k)] = inverted ? complement : value;
      }
    }
  }
  return forms;
}

/** Scores followed by the maxima of groups, as `update-scores` leaves them. */
function withMaxima(scores: ArrayLike<number>, groupSize: number): number[] {
  const values = Array.from(scores);
  const maxima: number[] = [];
  for (let at = 0; at < values.length; at += groupSize) {
    maxima.push(Math.max(...values.slice(at, at + groupSize)));
  }
  return [...values, ...maxima];
}

/** The arguments of `pick-sample` for a pool of which a segment is at hand. */
function pickCall(
  random: Random,
  scores: ArrayLike<number>,
  [classes, rank]: readonly [number, number],
  { base = 0, rows = scores.length, d = 8, sigma = 1, half = 0, groupSize = 256, step = 2 } = {},
) {
  const columns = Array.from({ length: rows }, () => random.distinct(rank, classes)).flat();
  const layout = pickLayout(d, classes, rank);
  const xOffset = 3 * d;
  const x = random.normals(xOffset + rows * d);
  const all = withMaxima(scores, groupSize);
  return {
    tensors: {
      scores: { shape: [all.length], data: all },
      features: { shape: [x.length], dtype: half ? "f16" : "f32", data: x },
      probabilities: { shape: [rows, classes], data: random.probabilities(rows, classes) },
      columns: { shape: [rows, rank], dtype: "u32", data: columns },
      weights: { shape: [rows, rank], data: random.uniforms(rows * rank, 0, 1) },
      forms: {
        shape: [rows, rank * (rank + 1)],
        data: randomForms(random, rows, rank, () => sigma < 0),
      },
      pick: { shape: [layout.scores + step + 2], data: random.normals(layout.scores + step + 2) },
      picks: { shape: [step + 2], dtype: "u32", data: [...Array(step + 2).keys()] },
    },
    params: { count: scores.length, step, base, rows, xOffset, d, classes, sigma },
    constants: { half, rank, groupSize },
  } as const;
}

const smallForms = { relative: 2e-5, absolute: 2e-5 };

gpuTest("pick-sample: the factor, T and L for every rank and both signs", async () => {
  const random = new Random(1);
  for (const [place, shape] of factors.entries()) {
    const [rows, half] = [23 + place, place % 2];
    const { samples: groupSize } = scoreGeometry(shape[1]);
    for (const sigma of [1, -1]) {
      const scores = random.normals(rows);
      const call = pickCall(random, scores, shape, { sigma, half, groupSize, d: 24 });
      const { picks } = await compareKernel(pickSample, call, smallForms);
      assert.equal(picks[2], scores.indexOf(Math.max(...scores)));
    }
  }
});

gpuTest("pick-sample: ties go to the lowest index, whatever the groups", async () => {
  const random = new Random(2);
  const size = 1003;
  for (const groupSize of [1, 4, 16, 256]) {
    for (const ties of [[0, 1], [17, 16], [273, 17], [1002, 256, 700], [1002]]) {
      const scores = new Float32Array(size).fill(-2);
      for (const i of ties) scores[i] = 0.125;
      const call = pickCall(random, scores, [1, 1], { groupSize });
      const { picks } = await compareKernel(pickSample, call, smallForms);
      assert.equal(picks[2], Math.min(...ties));
    }
  }
});

gpuTest("pick-sample: negative scores, masked samples, and nothing but masked ones", async () => {
  const random = new Random(3);
  const scores = random.uniforms(301, -9, -8).fill(MASKED, 0, 260);
  const call = pickCall(random, scores, [2, 2], { groupSize: 128, sigma: -1 });
  const { picks } = await compareKernel(pickSample, call, smallForms);
  assert.equal(picks[2], scores.indexOf(Math.max(...scores)));

  const none = pickCall(random, scores.fill(MASKED), [1, 1]);
  assert.equal((await compareKernel(pickSample, none, smallForms)).picks[2], 0);
});

gpuTest("pick-sample: a sample of another segment leaves its index and score only", async () => {
  const random = new Random(4);
  const scores = random.uniforms(600);
  for (const best of [255, 256, 511, 512]) {
    scores[best] = 2 + best;
    const call = pickCall(random, scores, [3, 2], { base: 256, rows: 256 });
    const { pick, picks } = await compareKernel(pickSample, call, smallForms);
    assert.equal(picks[2], best);
    const inside = best >= 256 && best < 512;
    const { features } = pickLayout(8, 3, 2);
    assert.equal(pick[features] === call.tensors.pick.data[features], !inside);
  }
});

gpuTest("project-pick: W and Z for every rank, any number of lanes", async () => {
  const random = new Random(5);
  for (const [place, [classes, rank]] of factors.entries()) {
    const d = classes > 10 ? 8 : [8, 24, 40][place % 3]!;
    const D = classes * d;
    const { scores: length } = pickLayout(d, classes, rank);
    for (const lanes of place < 3 ? [1, 8, 64] : [[1, 8, 64][place % 3]!]) {
      await compareKernel(projectPick, {
        tensors: {
          inverse: { shape: [D, D], data: random.normals(D * D) },
          middle: { shape: [D, D], data: random.normals(D * D) },
          pick: { shape: [length], data: random.uniforms(length) },
          wz: { shape: [2 * rank, D], data: random.normals(2 * rank * D) },
        },
        params: { D, d, sigma: place % 2 ? -1 : 1 },
        constants: { rank, classes, lanes },
      }, { relative: 1e-5, absolute: 2e-4 });
    }
  }
});

gpuTest("update-matrices: every rank and both signs", async () => {
  const random = new Random(6);
  for (const [D, rank] of [[8, 1], [72, 2], [136, 5], [40, 17], [264, 3]] as const) {
    for (const sigma of [1, -1]) {
      await compareKernel(updateMatrices, {
        tensors: {
          wz: { shape: [2 * rank, D], data: random.normals(2 * rank * D) },
          inverse: { shape: [D, D], data: random.normals(D * D) },
          middle: { shape: [D, D], data: random.normals(D * D) },
        },
        params: { D, rank, sigma },
      }, { absolute: 1e-4 });
    }
  }
});

/** The arguments of `update-scores` for the samples base .. base + rows - 1 of a pool. */
function scoresCall(
  random: Random,
  [classes, rank]: readonly [number, number],
  options: {
    rows: number;
    base?: number;
    count?: number;
    sigma?: number;
    scoreOnly?: number;
    picked: number;
    geometry?: { lanes: number; samples: number };
  },
) {
  const { rows, base = 0, count = base + rows, sigma = 1, scoreOnly = 0, picked } = options;
  const { geometry = scoreGeometry(rank) } = options;
  const d = 8;
  const { samples } = geometry;
  const columns = Array.from({ length: rows }, () => random.distinct(rank, classes)).flat();
  const { scores: length } = pickLayout(d, classes, rank);
  const groups = Math.ceil(count / samples);
  const scores = random.uniforms(count + groups + 1);
  // No candidates, and members that were picked before.
  for (let i = 0; i < count; i += 3) scores[i] = i % 2 ? MASKED : PICKED;
  const isMember = (i: number) => sigma < 0 || scores[base + i]! <= PICKED;
  const pick = random.uniforms(length + 2, 0, 0.1);
  return {
    tensors: {
      y: {
        shape: [rows, 2 * rank, classes],
        data: random.normals(rows * 2 * rank * classes, 0.1 / rank),
      },
      probabilities: { shape: [rows, classes], data: random.probabilities(rows, classes) },
      columns: { shape: [rows, rank], dtype: "u32", data: columns },
      weights: { shape: [rows, rank], data: random.uniforms(rows * rank, 0, 1) },
      picks: { shape: [3], dtype: "u32", data: [1, picked, 1] },
      forms: {
        shape: [rows, rank * (rank + 1)],
        data: randomForms(random, rows, rank, isMember),
      },
      scores: { shape: [scores.length], data: scores },
      pick: { shape: [pick.length], data: pick.fill(0, 0, 1) },
    },
    params: { rows, base, count, step: 1, d, classes, sigma },
    constants: { rank, scoreOnly, ...geometry },
  } as const;
}

gpuTest("update-scores: every rank and both signs, forms updated or not", async () => {
  const random = new Random(7);
  for (const [place, shape] of factors.entries()) {
    const { samples } = scoreGeometry(shape[1]);
    const rows = samples === 1 ? 11 : samples + 5 + place;
    for (const sigma of [1, -1]) {
      for (const scoreOnly of [0, 1]) {
        // A sample that could still be picked: every third cannot.
        const picked = (rows - 2) % 3 === 0 ? rows - 1 : rows - 2;
        const call = scoresCall(random, shape, { rows, sigma, scoreOnly, picked });
        const { scores } = await compareKernel(updateScores, call, smallForms);
        if (!scoreOnly) assert.equal(scores[picked], PICKED);
        assert.deepEqual([scores[0], scores[3]], [PICKED, MASKED]);
      }
    }
  }
});

gpuTest("update-scores: other launch geometries give the same", async () => {
  const random = new Random(8);
  for (
    const [shape, lanes, samples] of [
      [[3, 2], 2, 32],
      [[3, 2], 64, 1],
      [[5, 5], 1, 8],
      [[12, 11], 128, 2],
    ] as const
  ) {
    const call = scoresCall(random, shape, {
      rows: 37,
      picked: 5,
      geometry: { lanes, samples },
    });
    await compareKernel(updateScores, call, smallForms);
  }
});

gpuTest(
  "update-scores: a segment writes its own scores and maxima, and no others",
  async () => {
    const random = new Random(9);
    const segments = [{ base: 256, rows: 256, count: 700 }, { base: 512, rows: 188, count: 700 }];
    for (const segment of segments) {
      for (const shape of [[1, 1], [3, 2], [4, 4]] as const) {
        const call = scoresCall(random, shape, { ...segment, picked: 300 });
        await compareKernel(updateScores, call, smallForms);
      }
    }
  },
);

gpuTest("update-scores: one sample, and a pool that is masked throughout", async () => {
  const random = new Random(10);
  await compareKernel(updateScores, scoresCall(random, [1, 1], { rows: 1, picked: 0 }), smallForms);
  const call = scoresCall(random, [2, 2], { rows: 131, picked: 1000, sigma: -1 });
  call.tensors.scores.data.fill(MASKED);
  const { scores } = await compareKernel(updateScores, call, smallForms);
  assert.ok(scores.subarray(0, 131).every((score) => score === MASKED));
});

gpuTest(
  "update-scores: what is picked becomes a member, with C = (I + G)^-1 and C H C",
  async () => {
    const random = new Random(11);
    const call = scoresCall(random, [1, 1], { rows: 40, picked: 7 });
    const [g, h] = call.tensors.forms.data.slice(14, 16);
    const { forms } = await compareKernel(updateScores, call, smallForms);
    assertClose(forms.slice(14, 16), [1 / (1 + g!), h! / (1 + g!) ** 2]);
  },
);
