// stacked[i, member, k] = p[i, k]: the probabilities of one member among those of all, in
// [rows, members, width], where `width` is at least `classes`.
struct Params { rows: u32, classes: u32, members: u32, member: u32, width: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read_write> stacked: array<f32>;
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
  if (e >= params.rows * params.classes) { return; }
  let i = e / params.classes;
  stacked[(i * params.members + params.member) * params.width + e % params.classes] =
    probabilities[e];
}
