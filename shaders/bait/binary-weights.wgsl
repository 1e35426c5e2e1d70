// w[first + i] = scale * sqrt(m (1 - m)) with m the largest probability of row i: the Fisher factor
// of BAIT Binary. One thread per row.
struct Params { rows: u32, classes: u32, scale: f32, first: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

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
  var top = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    top = max(top, probabilities[i * params.classes + k]);
  }
  weights[params.first + i] = params.scale * sqrt(max(top * (1.0 - top), 0.0));
}
