// First stage of a masked arg-max: the largest score of each group of 256 whose mask is not 0, and
// its index (of equal scores the lowest). A group whose samples are all masked has the score
// LOWEST_SCORE and the index `size`.
struct Params { size: u32 }

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> mask: array<u32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> indices: array<u32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/linalg/arg-max-groups.ts
const ARG_MAX_GROUP: u32 = 256u;
const LOWEST_SCORE: f32 = -3.4e38;

const THREADS: u32 = ARG_MAX_GROUP;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
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

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let g = groupIndex(group, groups);
  let i = g * ARG_MAX_GROUP + thread;
  var value = LOWEST_SCORE;
  var index = params.size;
  if (i < params.size && mask[i] != 0u) {
    value = scores[i];
    index = i;
  }
  findBest(value, index, thread);
  if (thread == 0u && g * ARG_MAX_GROUP < params.size) {
    values[g] = best[0];
    indices[g] = at[0];
  }
}
