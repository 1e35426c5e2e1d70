// state[base + i] = min(state[base + i], sum_k |p_ik - center_k|): the L1 distance of each row of
// probabilities [rows, classes] to those of a pick. One thread per row.
struct Params { rows: u32, base: u32, classes: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read> center: array<f32>;
@group(0) @binding(2) var<storage, read_write> state: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * ROW_THREADS + thread;
  if (i >= params.rows) { return; }
  var sum = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    sum += abs(probabilities[i * params.classes + k] - center[k]);
  }
  state[params.base + i] = min(state[params.base + i], sum);
}
