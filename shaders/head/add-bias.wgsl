// z[i, j] += bias[j], rows of `width` elements, densely packed from `offset` on. The bias starts at
// `biasOffset` of the parameters.
struct Params { rows: u32, width: u32, biasOffset: u32, offset: u32 }

@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read_write> z: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * THREADS + thread;
  if (e >= params.rows * params.width) { return; }
  z[params.offset + e] += parameters[params.biasOffset + e % params.width];
}
