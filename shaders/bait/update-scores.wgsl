// The forms of every sample after a pick, and its score, with Y = X [W | Z] as [rows, 2 r,
// classes]:
//   a = A_i^T Y_W    z = A_i^T Y_Z    G_i -= sigma a a^T    H_i -= a z^T + z a^T
//   candidate:  score = trace(H_i (I + G_i)^-1)      member:  score = -trace(H_i (I - G_i)^-1)
// A member stores C = I - G instead of G, because the difference would suffer cancellation in
// float32: a sample that is picked gets C = (I + G)^-1 and H = C H C, which need no difference.
// Members are the picks of this phase and, where samples are removed (sigma -1), all samples.
// `lanes` threads share a sample, a workgroup has `samples`. Scores at or below MASKED (of samples
// that are not candidates, or were PICKED in this phase) do not change. The maximum of each group
// is written after the scores. The drift is the deviation of the pick's forms from V_s^T M^-1 V_s
// and V_s^T P V_s, which are known. With `scoreOnly` the forms do not change.
override rank: u32 = 1u;
override lanes: u32 = 1u;
override samples: u32 = 256u;
override scoreOnly: u32 = 0u;

struct Params {
  rows: u32, base: u32, count: u32, step: u32,
  d: u32, classes: u32,
  sigma: f32,
}

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read> columns: array<u32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read> picks: array<u32>;
@group(0) @binding(5) var<storage, read_write> forms: array<f32>;
@group(0) @binding(6) var<storage, read_write> scores: array<f32>;
@group(0) @binding(7) var<storage, read_write> pick: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

// constants from src/kernels/bait/pick.ts
const PICK_HEADER: u32 = 8u;
const MASKED: f32 = -3.3e38;
const PICKED: f32 = -3.4e38;
const LEAST_FORM: f32 = 1e-7;

var<workgroup> mean: array<f32, samples * 2u * rank>;
var<workgroup> a: array<f32, samples * rank * rank>;
var<workgroup> z: array<f32, samples * rank * rank>;
var<workgroup> c: array<f32, samples * rank * rank>;
var<workgroup> partial: array<f32, samples * lanes>;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: packed-triangle
// The index of entry (j, k) of a symmetric matrix in its packed lower triangle.
fn packed(j: u32, k: u32) -> u32 {
  let high = max(j, k);
  return high * (high + 1u) / 2u + min(j, k);
}
// end of part

@compute @workgroup_size(samples * lanes)
fn main(@builtin(workgroup_id) groupId: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let group = groupIndex(groupId, groups);
  let lane = thread % lanes;
  let slot = thread / lanes;
  let i = group * samples + slot;
  let valid = i < params.rows;
  let square = rank * rank;
  let a0 = slot * square;
  let triangle = rank * (rank + 1u) / 2u;
  let formG = i * 2u * triangle;
  let formH = formG + triangle;
  let picked = scoreOnly == 0u && valid && picks[params.step] == params.base + i;
  let removing = params.sigma < 0.0;
  let member = valid && (removing || scores[params.base + i] <= PICKED);

  if (scoreOnly == 0u) {
    let y0 = i * 2u * rank * params.classes;
    if (valid) {
      for (var t = lane; t < 2u * rank; t += lanes) {
        var sum = 0.0;
        for (var k = 0u; k < params.classes; k++) {
          sum += probabilities[i * params.classes + k] * y[y0 + t * params.classes + k];
        }
        mean[slot * 2u * rank + t] = sum;
      }
    }
    workgroupBarrier();
    if (valid) {
      for (var e = lane; e < square; e += lanes) {
        let j = e / rank;
        let t = e % rank;
        let w = weights[i * rank + j];
        let k = columns[i * rank + j];
        a[a0 + e] = w * (y[y0 + t * params.classes + k] - mean[slot * 2u * rank + t]);
        let meanZ = mean[(slot * 2u + 1u) * rank + t];
        z[a0 + e] = w * (y[y0 + (rank + t) * params.classes + k] - meanZ);
      }
    }
    workgroupBarrier();
    if (picked && lane == 0u) {
      // a L^T should be G_s, and sigma (z + a T / 2) L^T should be H_s; a member's trace of G is
      // r - trace C.
      let innerAt = PICK_HEADER + params.d + params.classes * rank;
      let lowerAt = innerAt + square;
      var g = 0.0;
      var h = 0.0;
      var seenG = 0.0;
      var seenH = 0.0;
      for (var j = 0u; j < rank; j++) {
        g += forms[formG + packed(j, j)];
        h += forms[formH + packed(j, j)];
        for (var t = 0u; t <= j; t++) {
          var b = z[a0 + j * rank + t];
          for (var u = 0u; u < rank; u++) {
            b += 0.5 * a[a0 + j * rank + u] * pick[innerAt + u * rank + t];
          }
          seenG += a[a0 + j * rank + t] * pick[lowerAt + j * rank + t];
          seenH += params.sigma * b * pick[lowerAt + j * rank + t];
        }
      }
      let scale = select(1.0 + abs(g), max(abs(g), LEAST_FORM), removing);
      if (removing) { g = f32(rank) - g; }
      let drift = max(abs(g - seenG) / scale, abs(h - seenH) / max(abs(h), 1e-30));
      pick[0] = max(pick[0], drift);
    }
    if (valid && (!picked || removing)) {
      let direction = select(params.sigma, -params.sigma, member);
      for (var e = lane; e < square; e += lanes) {
        let j = e / rank;
        let k = e % rank;
        if (k > j) { continue; }
        var g = 0.0;
        var h = 0.0;
        for (var t = 0u; t < rank; t++) {
          let aj = a[a0 + j * rank + t];
          let ak = a[a0 + k * rank + t];
          g += aj * ak;
          h += aj * z[a0 + k * rank + t] + z[a0 + j * rank + t] * ak;
        }
        forms[formG + packed(j, k)] -= direction * g;
        forms[formH + packed(j, k)] -= h;
      }
    }
  }
  storageBarrier();
  if (valid) {
    for (var e = lane; e < square; e += lanes) {
      let j = e / rank;
      let k = e % rank;
      c[a0 + e] = select(select(0.0, 1.0, j == k), 0.0, member) + forms[formG + packed(j, k)];
    }
  }
  workgroupBarrier();

  // Gauss-Jordan inversion in place; I + G and I - G are positive definite, so no pivoting.
  for (var p = 0u; p < rank; p++) {
    if (valid) {
      let inversePivot = 1.0 / max(c[a0 + p * rank + p], LEAST_FORM);
      for (var e = lane; e < square; e += lanes) {
        let j = e / rank;
        let k = e % rank;
        if (j != p && k != p) {
          c[a0 + e] -= c[a0 + j * rank + p] * inversePivot * c[a0 + p * rank + k];
        }
      }
    }
    workgroupBarrier();
    if (valid && lane == 0u) { partial[thread] = 1.0 / max(c[a0 + p * rank + p], LEAST_FORM); }
    workgroupBarrier();
    if (valid) {
      let inversePivot = partial[thread - lane];
      for (var e = lane; e < rank; e += lanes) {
        if (e == p) {
          c[a0 + p * rank + p] = inversePivot;
        } else {
          c[a0 + p * rank + e] *= inversePivot;
          c[a0 + e * rank + p] *= -inversePivot;
        }
      }
    }
    workgroupBarrier();
  }

  var sum = 0.0;
  if (valid) {
    for (var e = lane; e < square; e += lanes) {
      sum += forms[formH + packed(e / rank, e % rank)] * c[a0 + e];
    }
  }
  partial[thread] = sum;
  // The pick of an addition becomes a member: C = (I + G)^-1 is in c, and H becomes C H C.
  let joins = picked && !removing;
  if (joins) {
    for (var e = lane; e < square; e += lanes) {
      var product = 0.0;
      for (var m = 0u; m < rank; m++) {
        product += forms[formH + packed(e / rank, m)] * c[a0 + m * rank + e % rank];
      }
      a[a0 + e] = product;
    }
  }
  storageBarrier();
  workgroupBarrier();
  if (joins) {
    for (var e = lane; e < square; e += lanes) {
      let j = e / rank;
      let k = e % rank;
      if (k > j) { continue; }
      var product = 0.0;
      for (var m = 0u; m < rank; m++) { product += c[a0 + j * rank + m] * a[a0 + m * rank + k]; }
      forms[formG + packed(j, k)] = c[a0 + e];
      forms[formH + packed(j, k)] = product;
    }
  }
  for (var width = lanes / 2u; width > 0u; width /= 2u) {
    if (lane < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }

  var score = PICKED;
  if (valid && lane == 0u) {
    let at = params.base + i;
    score = select(partial[thread], -partial[thread], removing);
    if (scores[at] <= MASKED) { score = scores[at]; }
    if (picked) { score = PICKED; }
    scores[at] = score;
  }
  workgroupBarrier();
  if (lane == 0u) { partial[slot] = score; }
  workgroupBarrier();
  for (var width = samples / 2u; width > 0u; width /= 2u) {
    if (thread < width) { partial[thread] = max(partial[thread], partial[thread + width]); }
    workgroupBarrier();
  }
  // A folded grid may have more groups than needed.
  if (thread == 0u && group * samples < params.rows) {
    scores[params.count + params.base / samples + group] = partial[0];
  }
}
