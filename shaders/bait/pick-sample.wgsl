// Picks the best sample and prepares its rank update; one workgroup. The scores [count] are
// followed by the maxima of groups of `groupSize` samples; of equal scores the lowest index wins.
// If the sample s is in this segment of the pool, with its factor V_s = x_s (x) A_s and forms G_s
// and H_s:
//   L L^T = I + sigma G_s    A' = A_s L^-T    T = L^-1 H_s L^-T
// For a sample that is removed (sigma -1), I - G_s is stored instead of G_s (update-scores).
// The pick is written as [drift, trace G_s, trace H_s, ... | x_s | A' | T | L | scores so far].
override half: u32 = 0u;
override rank: u32 = 1u;
override groupSize: u32 = 256u;

struct Params {
  count: u32, step: u32,
  base: u32, rows: u32, xOffset: u32,
  d: u32, classes: u32,
  sigma: f32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> features: array<u32>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read> columns: array<u32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read> forms: array<f32>;
@group(0) @binding(6) var<storage, read_write> pick: array<f32>;
@group(0) @binding(7) var<storage, read_write> picks: array<u32>;
@group(0) @binding(8) var<uniform> params: Params;

// constants from src/kernels/bait/pick.ts
const PICK_HEADER: u32 = 8u;
const PICKED: f32 = -3.4e38;
const LEAST_FORM: f32 = 1e-7;

const THREADS: u32 = 256u;
const NONE: u32 = 0xffffffffu;

var<workgroup> lower: array<f32, rank * rank>;
var<workgroup> inverse: array<f32, rank * rank>;
var<workgroup> product: array<f32, rank * rank>;

// part: half-numbers
// A number in an array of f32 or packed half floats: element `at` of x, an array<u32>, is
// numberIn(x[at >> half], at). Needs an override half, 1 for half floats.
fn numberIn(word: u32, at: u32) -> f32 {
  if (half == 1u) { return unpack2x16float(word)[at & 1u]; }
  return bitcast<f32>(word);
}
// end of part

// part: best-of
// The maximum of one value per thread, and its index; of equal values the lowest index wins. The
// result is in best[0] and at[0]. All threads of the workgroup must call findBest. Needs THREADS, a
// power of two.
var<workgroup> best: array<f32, THREADS>;
var<workgroup> at: array<u32, THREADS>;

fn isBetter(value: f32, index: u32, other: f32, otherIndex: u32) -> bool {
  return value > other || (value == other && index < otherIndex);
}

fn findBest(value: f32, index: u32, thread: u32) {
  best[thread] = value;
  at[thread] = index;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    if (thread < width) {
      let other = thread + width;
      if (isBetter(best[other], at[other], best[thread], at[thread])) {
        best[thread] = best[other];
        at[thread] = at[other];
      }
    }
    workgroupBarrier();
  }
}
// end of part

// part: packed-triangle
// The index of entry (j, k) of a symmetric matrix in its packed lower triangle.
fn packed(j: u32, k: u32) -> u32 {
  let high = max(j, k);
  return high * (high + 1u) / 2u + min(j, k);
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  let groups = (params.count + groupSize - 1u) / groupSize;
  var score = PICKED;
  var index = NONE;
  for (var g = thread; g < groups; g += THREADS) {
    let value = scores[params.count + g];
    if (isBetter(value, g, score, index)) { score = value; index = g; }
  }
  findBest(score, index, thread);
  let winner = workgroupUniformLoad(&best[0]);
  let start = workgroupUniformLoad(&at[0]) * groupSize;
  index = NONE;
  for (var i = start + thread; i < min(start + groupSize, params.count); i += THREADS) {
    if (scores[i] == winner) { index = min(index, i); }
  }
  findBest(winner, index, thread);
  let sample = workgroupUniformLoad(&at[0]);

  let d = params.d;
  let factorAt = PICK_HEADER + d;
  let innerAt = factorAt + params.classes * rank;
  let lowerAt = innerAt + rank * rank;
  if (thread == 0u) {
    picks[params.step] = sample;
    pick[lowerAt + rank * rank + params.step] = winner;
  }
  if (sample < params.base || sample >= params.base + params.rows) { return; }
  let s = sample - params.base;

  for (var f = thread; f < d; f += THREADS) {
    let e = params.xOffset + s * d + f;
    pick[PICK_HEADER + f] = numberIn(features[e >> half], e);
  }
  let triangle = rank * (rank + 1u) / 2u;
  let formG = s * 2u * triangle;
  let formH = formG + triangle;
  for (var e = thread; e < rank * rank; e += THREADS) {
    let j = e / rank;
    let k = e % rank;
    lower[e] = select(0.0, 1.0, j == k && params.sigma > 0.0) + forms[formG + packed(j, k)];
    inverse[e] = 0.0;
  }
  workgroupBarrier();
  for (var p = 0u; p < rank; p++) {
    if (thread == 0u) { lower[p * rank + p] = sqrt(max(lower[p * rank + p], LEAST_FORM)); }
    workgroupBarrier();
    for (var j = p + 1u + thread; j < rank; j += THREADS) {
      lower[j * rank + p] /= lower[p * rank + p];
    }
    workgroupBarrier();
    for (var e = thread; e < rank * rank; e += THREADS) {
      let j = e / rank;
      let k = e % rank;
      if (k > p && j >= k) { lower[e] -= lower[j * rank + p] * lower[k * rank + p]; }
    }
    workgroupBarrier();
  }
  for (var column = thread; column < rank; column += THREADS) {
    for (var j = column; j < rank; j++) {
      var sum = select(0.0, 1.0, j == column);
      for (var k = column; k < j; k++) { sum -= lower[j * rank + k] * inverse[k * rank + column]; }
      inverse[j * rank + column] = sum / lower[j * rank + j];
    }
  }
  workgroupBarrier();
  for (var e = thread; e < rank * rank; e += THREADS) {
    let j = e / rank;
    let k = e % rank;
    var sum = 0.0;
    for (var m = 0u; m <= j; m++) { sum += inverse[j * rank + m] * forms[formH + packed(m, k)]; }
    product[e] = sum;
  }
  workgroupBarrier();
  for (var e = thread; e < rank * rank; e += THREADS) {
    let j = e / rank;
    let k = e % rank;
    var sum = 0.0;
    for (var m = 0u; m <= k; m++) { sum += product[j * rank + m] * inverse[k * rank + m]; }
    pick[innerAt + e] = sum;
    pick[lowerAt + e] = select(0.0, lower[e], k <= j);
  }
  for (var e = thread; e < params.classes * rank; e += THREADS) {
    let k = e / rank;
    let t = e % rank;
    let p = probabilities[s * params.classes + k];
    var sum = 0.0;
    for (var j = 0u; j <= t; j++) {
      let indicator = select(0.0, 1.0, columns[s * rank + j] == k);
      sum += weights[s * rank + j] * (indicator - p) * inverse[t * rank + j];
    }
    pick[factorAt + e] = sum;
  }
}
