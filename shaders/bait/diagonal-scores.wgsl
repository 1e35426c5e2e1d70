// The decrease of the objective sum F / M by adding sample i to a diagonal M (sigma = 1), or minus
// its increase by removing the sample (sigma = -1):
//   scores[base + i] = sigma sum_fk F_fk v / (M_fk (M_fk + sigma v))    with v = x_f^2 a_ik
// X is [rows, d] as f32 or packed half floats, a is [rows, classes], F and M are [d, classes];
// `lanes` threads share a row. After a removal, entries of M are at least LEAST_SHARE times their
// previous values.
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params { rows: u32, base: u32, d: u32, classes: u32, xOffset: u32, sigma: f32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read> information: array<f32>;
@group(0) @binding(3) var<storage, read> matrix: array<f32>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/bait/diagonal.ts
const LEAST_SHARE: f32 = 1e-7;

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
  let i = groupIndex(group, groups) * (THREADS / lanes) + thread / lanes;
  var sum = 0.0;
  if (i < params.rows) {
    let at = params.xOffset + i * params.d;
    for (var f = lane; f < params.d; f += lanes) {
      let value = numberIn(x[(at + f) >> half], at + f);
      let square = value * value;
      for (var k = 0u; k < params.classes; k++) {
        let v = square * squares[i * params.classes + k];
        let m = matrix[f * params.classes + k];
        let after = max(m + params.sigma * v, LEAST_SHARE * m);
        sum += (information[f * params.classes + k] / m) * (v / after);
      }
    }
  }
  let change = sumOver(lanes, sum, thread);
  if (lane == 0u && i < params.rows) { scores[params.base + i] = params.sigma * change; }
}
