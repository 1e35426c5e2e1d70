// forms[i, part] = T_i U_i^T for every sample, lower triangle packed, where T_i and U_i are the r
// rows of sample i in T and U, [rows * r, D]. One workgroup per entry.
struct Params { first: u32, rows: u32, D: u32, rank: u32, part: u32 }

@group(0) @binding(0) var<storage, read> t: array<f32>;
@group(0) @binding(1) var<storage, read> u: array<f32>;
@group(0) @binding(2) var<storage, read_write> forms: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

const THREADS: u32 = 64u;

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
  let r = params.rank;
  let triangle = r * (r + 1u) / 2u;
  let e = groupIndex(group, groups);
  let i = e / triangle;
  if (i >= params.rows) { return; }
  // The entry's row j: the largest with j (j + 1) / 2 <= entry.
  let entry = e % triangle;
  var j = 0u;
  for (; (j + 1u) * (j + 2u) / 2u <= entry; j++) {}
  let k = entry - j * (j + 1u) / 2u;
  var sum = 0.0;
  for (var f = thread; f < params.D; f += THREADS) {
    sum += t[(i * r + j) * params.D + f] * u[(i * r + k) * params.D + f];
  }
  let total = sumOver(THREADS, sum, thread);
  if (thread == 0u) {
    forms[((params.first + i) * 2u + params.part) * triangle + entry] = total;
  }
}
