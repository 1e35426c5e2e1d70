// The distance of a row of X to one mean relative to that to the farthest of others, as a score:
//   scores[base + i] = -|x_i - mu_0|^2 / max_(c > 0) |x_i - mu_c|^2
// Means are [1 + others, d], X is [rows, d] as f32 or packed half floats; `lanes` threads share a
// row.
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params { rows: u32, base: u32, d: u32, others: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> means: array<f32>;
@group(0) @binding(2) var<storage, read_write> scores: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/strategies/mean-ratios.ts
const LARGEST: f32 = 3e38;

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
  var near = 0.0;
  var far = 0.0;
  for (var c = 0u; c <= params.others; c++) {
    var sum = 0.0;
    if (i < params.rows) {
      for (var f = lane; f < params.d; f += lanes) {
        let at = i * params.d + f;
        let value = numberIn(x[at >> half], at);
        let difference = value - means[c * params.d + f];
        sum += difference * difference;
      }
    }
    let distance = sumOver(lanes, sum, thread);
    if (c == 0u) { near = distance; }
    else { far = max(far, distance); }
    workgroupBarrier();
  }
  if (lane == 0u && i < params.rows) {
    var ratio = LARGEST;
    if (near == 0.0) { ratio = 0.0; }
    else if (far > 0.0) { ratio = min(near / far, LARGEST); }
    scores[params.base + i] = -ratio;
  }
}
