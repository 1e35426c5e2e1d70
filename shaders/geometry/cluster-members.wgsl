// The membership in clusters as a matrix: M[i, c] = 1 if row i is in cluster c, else 0, so that
// M^T X are the sums of the clusters.
struct Params { rows: u32, base: u32, clusters: u32 }

@group(0) @binding(0) var<storage, read> assignment: array<u32>;
@group(0) @binding(1) var<storage, read_write> members: array<f32>;
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
  let i = e / params.clusters;
  if (i >= params.rows) { return; }
  members[e] = select(0.0, 1.0, assignment[params.base + i] == e % params.clusters);
}
