// forms[first + i, part] = factor a_i . b_i for `rows` rows of `width` elements; part 0 is G, 1 is
// H. ROW_LANES threads share a row.
struct Params { first: u32, rows: u32, width: u32, part: u32, factor: f32 }

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> forms: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/classes/touched.ts
const ROW_LANES: u32 = 8u;

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
  let lane = thread % ROW_LANES;
  let i = (groupIndex(group, groups) * THREADS + thread) / ROW_LANES;
  var sum = 0.0;
  if (i < params.rows) {
    let at = i * params.width;
    for (var f = lane; f < params.width; f += ROW_LANES) { sum += a[at + f] * b[at + f]; }
  }
  let product = sumOver(ROW_LANES, sum, thread);
  if (lane == 0u && i < params.rows) {
    forms[2u * (params.first + i) + params.part] = params.factor * product;
  }
}
