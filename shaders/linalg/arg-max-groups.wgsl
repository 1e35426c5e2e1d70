// First stage of a masked arg-max: the largest score of each group of 256 whose mask is not 0, and its
// index (ties: the lowest). A group with nothing unmasked gives the lowest number and index `size`.
struct Params { size: u32 }

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> mask: array<u32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> indices: array<u32>;
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> best: array<f32, 256>;
var<workgroup> at: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let g = group.y * groups.x + group.x;
  let i = g * 256u + thread;
  best[thread] = -3.4e38;
  at[thread] = params.size;
  if (i < params.size && mask[i] != 0u) {
    best[thread] = scores[i];
    at[thread] = i;
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
  if (thread == 0u && g * 256u < params.size) {
    values[g] = best[0];
    indices[g] = at[0];
  }
}
