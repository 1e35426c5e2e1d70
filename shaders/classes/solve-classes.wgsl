// out_j = scale M_k^-1 b_j for each class k of a pick; one workgroup per class:
//   M_k^-1 = (I - U^T U) / lambda, U the dual rows in the list of class k
// b_j [d] is the sum of `slices` rows of `right` from element j rightStride on; products is
// [top, most], U b.
struct Params {
  top: u32, d: u32, slices: u32, rightStride: u32, most: u32, scale: f32, lambda: f32,
}

@group(0) @binding(0) var<storage, read> touched: array<u32>;
@group(0) @binding(1) var<storage, read> lists: array<u32>;
@group(0) @binding(2) var<storage, read> dual: array<f32>;
@group(0) @binding(3) var<storage, read> right: array<f32>;
@group(0) @binding(4) var<storage, read_write> products: array<f32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/classes/touched.ts
const TOUCH: u32 = 6u;
const ROW_LANES: u32 = 8u;
const GROUP_ROWS: u32 = 32u;

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
  let j = groupIndex(group, groups);
  if (j >= params.top) { return; }
  let d = params.d;
  for (var f = thread; f < d; f += THREADS) {
    var sum = 0.0;
    for (var z = 0u; z < params.slices; z++) { sum += right[j * params.rightStride + z * d + f]; }
    out[j * d + f] = sum;
  }
  storageBarrier();
  let first = touched[TOUCH * j + 4u];
  let count = touched[TOUCH * j + 5u] - first;
  let lane = thread % ROW_LANES;
  for (var start = 0u; start < count; start += GROUP_ROWS) {
    let r = start + thread / ROW_LANES;
    var sum = 0.0;
    if (r < count) {
      let row = lists[first + r] * d;
      for (var f = lane; f < d; f += ROW_LANES) { sum += dual[row + f] * out[j * d + f]; }
    }
    let product = sumOver(ROW_LANES, sum, thread);
    if (lane == 0u && r < count) { products[j * params.most + r] = product; }
    workgroupBarrier();
  }
  storageBarrier();
  for (var f = thread; f < d; f += THREADS) {
    var sum = out[j * d + f];
    for (var r = 0u; r < count; r++) {
      sum -= products[j * params.most + r] * dual[lists[first + r] * d + f];
    }
    out[j * d + f] = params.scale / params.lambda * sum;
  }
}
