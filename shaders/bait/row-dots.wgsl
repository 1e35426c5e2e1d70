// Q[i, k, l] = Q[i, l, k] = sum_f Y[i, l d + f] X[i, f] for l <= k: the dot products of a sample
// with the first k + 1 class blocks of its row of Y = X B_k, where B is symmetric. X is [rows, d]
// as f32 or packed half floats, Y is [rows, (k + 1) d].
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params { rows: u32, d: u32, classes: u32, k: u32, xOffset: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> q: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

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
  let e = groupIndex(group, groups) * (THREADS / lanes) + thread / lanes;
  let i = e / (params.k + 1u);
  let l = e % (params.k + 1u);
  var sum = 0.0;
  if (i < params.rows) {
    let at = params.xOffset + i * params.d;
    for (var f = lane; f < params.d; f += lanes) {
      let value = numberIn(x[(at + f) >> half], at + f);
      sum += y[e * params.d + f] * value;
    }
  }
  let product = sumOver(lanes, sum, thread);
  if (lane == 0u && i < params.rows) {
    q[(i * params.classes + params.k) * params.classes + l] = product;
    q[(i * params.classes + l) * params.classes + params.k] = product;
  }
}
