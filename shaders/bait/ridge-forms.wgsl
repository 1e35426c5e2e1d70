// G_i = w_i^2 (|x_i|^2 - scale |y_i|^2) / lambda, with Y [rows, width] and X [rows, d] as f32 or
// packed half floats. `lanes` threads share a sample; samples that were picked keep their forms.
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params {
  rows: u32, d: u32, width: u32, xOffset: u32,
  first: u32, base: u32, scale: f32,
}

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read> scores: array<f32>;
@group(0) @binding(4) var<storage, read> lambda: array<f32>;
@group(0) @binding(5) var<storage, read_write> forms: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;
// constants from src/kernels/bait/pick.ts
const PICKED: f32 = -3.4e38;

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

// part: sum-over
// The sum of one value per thread over `count` consecutive threads, which all of them receive;
// `count` is a power of two that divides THREADS. All threads of the workgroup must call sumOver,
// and there must be a barrier between two calls. Needs THREADS.
var<workgroup> partial: array<f32, THREADS>;

fn sumOver(count: u32, value: f32, thread: u32) -> f32 {
  let place = thread % count;
  partial[thread] = value;
  workgroupBarrier();
  for (var width = count / 2u; width > 0u; width /= 2u) {
    if (place < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  return partial[thread - place];
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let lane = thread % lanes;
  let row = groupIndex(group, groups) * (THREADS / lanes) + thread / lanes;
  var length = 0.0;
  var known = 0.0;
  if (row < params.rows) {
    let at = params.xOffset + row * params.d;
    for (var f = lane; f < params.d; f += lanes) {
      let value = numberIn(x[(at + f) >> half], at + f);
      length += value * value;
    }
    for (var c = lane; c < params.width; c += lanes) {
      let value = y[row * params.width + c];
      known += value * value;
    }
  }
  let sum = sumOver(lanes, length - params.scale * known, thread);
  let i = params.first + row;
  if (lane != 0u || row >= params.rows || scores[params.base + i] <= PICKED) { return; }
  forms[2u * i] = weights[i] * weights[i] * sum / lambda[0];
}
