// Squared distances, at least 0, between gradients g_i = q_i (x) x_i, without computing these:
//   |g_i - g_s|^2 = |q_i|^2 |x_i|^2 + |q_s|^2 |x_s|^2 - 2 (q_i . q_s) (x_i . x_s)
// state[base + i] is the least distance so far, or this one with `fresh`. X is [rows, d] as f32 or
// packed half floats, Q is [rows, classes]; `lanes` threads share a row.
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params { rows: u32, base: u32, d: u32, classes: u32, xOffset: u32, fresh: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> xPick: array<f32>;
@group(0) @binding(3) var<storage, read> qPick: array<f32>;
@group(0) @binding(4) var<storage, read_write> state: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// |x_i|^2, x_i . x_s, |x_s|^2
var<workgroup> features: array<vec3f, 256>;
// |q_i|^2, q_i . q_s, |q_s|^2
var<workgroup> residuals: array<vec3f, 256>;

// part: half-numbers
// A number in an array of f32 or packed half floats: element `at` of x, an array<u32>, is
// numberIn(x[at >> half], at). Needs an override half, 1 for half floats.
fn numberIn(word: u32, at: u32) -> f32 {
  if (half == 1u) { return unpack2x16float(word)[at & 1u]; }
  return bitcast<f32>(word);
}
// end of part

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let lane = thread % lanes;
  let i = groupIndex(group, groups) * (THREADS / lanes) + thread / lanes;
  var ofX = vec3f();
  var ofQ = vec3f();
  if (i < params.rows) {
    let at = params.xOffset + i * params.d;
    for (var f = lane; f < params.d; f += lanes) {
      let value = numberIn(x[(at + f) >> half], at + f);
      let pick = xPick[f];
      ofX += vec3f(value * value, value * pick, pick * pick);
    }
    for (var k = lane; k < params.classes; k += lanes) {
      let value = q[i * params.classes + k];
      let pick = qPick[k];
      ofQ += vec3f(value * value, value * pick, pick * pick);
    }
  }
  features[thread] = ofX;
  residuals[thread] = ofQ;
  workgroupBarrier();
  for (var width = lanes / 2u; width > 0u; width /= 2u) {
    if (lane < width) {
      features[thread] += features[thread + width];
      residuals[thread] += residuals[thread + width];
    }
    workgroupBarrier();
  }
  if (lane == 0u && i < params.rows) {
    let products = features[thread] * residuals[thread];
    let distance = max(0.0, products.x + products.z - 2.0 * products.y);
    let row = params.base + i;
    if (params.fresh == 1u || distance < state[row]) { state[row] = distance; }
  }
}
