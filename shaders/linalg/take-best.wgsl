// Second stage of a masked arg-max: writes the index of the largest score to picks[step], the score
// to taken[step], and 0 to its mask. If everything is masked, the index is the first stage's
// `size`.
struct Params { groups: u32, step: u32 }

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read> indices: array<u32>;
@group(0) @binding(2) var<storage, read_write> mask: array<u32>;
@group(0) @binding(3) var<storage, read_write> picks: array<u32>;
@group(0) @binding(4) var<storage, read_write> taken: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// constants from src/kernels/linalg/arg-max-groups.ts
const LOWEST_SCORE: f32 = -3.4e38;

const THREADS: u32 = 256u;
const NONE: u32 = 0xffffffffu;

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
fn main(@builtin(local_invocation_index) thread: u32) {
  var value = LOWEST_SCORE;
  var index = NONE;
  for (var g = thread; g < params.groups; g += THREADS) {
    if (isBetter(values[g], indices[g], value, index)) {
      value = values[g];
      index = indices[g];
    }
  }
  findBest(value, index, thread);
  if (thread == 0u) {
    picks[params.step] = at[0];
    taken[params.step] = best[0];
    if (at[0] < arrayLength(&mask)) { mask[at[0]] = 0u; }
  }
}
