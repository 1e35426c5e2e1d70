// Second stage of a masked arg-max: the best of the groups into picks[step], its score into
// taken[step], and out of the mask. When all is masked the pick is the first stage's `size`.
struct Params { groups: u32, step: u32 }

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read> indices: array<u32>;
@group(0) @binding(2) var<storage, read_write> mask: array<u32>;
@group(0) @binding(3) var<storage, read_write> picks: array<u32>;
@group(0) @binding(4) var<storage, read_write> taken: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> best: array<f32, 256>;
var<workgroup> at: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  best[thread] = -3.4e38;
  at[thread] = 0xffffffffu;
  for (var g = thread; g < params.groups; g += 256u) {
    if (values[g] > best[thread] || (values[g] == best[thread] && indices[g] < at[thread])) {
      best[thread] = values[g];
      at[thread] = indices[g];
    }
  }
  workgroupBarrier();
  for (var width = 128u; width > 0u; width /= 2u) {
    if (thread < width) {
      let other = thread + width;
      if (best[other] > best[thread] || (best[other] == best[thread] && at[other] < at[thread])) {
        best[thread] = best[other];
        at[thread] = at[other];
      }
    }
    workgroupBarrier();
  }
  if (thread == 0u) {
    picks[params.step] = at[0];
    taken[params.step] = best[0];
    if (at[0] < arrayLength(&mask)) { mask[at[0]] = 0u; }
  }
}
