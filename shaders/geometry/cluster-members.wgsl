// Members of clusters as a matrix: M[i, c] = 1 where row i is in cluster c, and 0 elsewhere. M^T X are then
// the sums of the clusters.
struct Params { rows: u32, base: u32, clusters: u32 }

@group(0) @binding(0) var<storage, read> assignment: array<u32>;
@group(0) @binding(1) var<storage, read_write> members: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = (group.y * groups.x + group.x) * 256u + thread;
  let i = e / params.clusters;
  if (i >= params.rows) { return; }
  members[e] = select(0.0, 1.0, assignment[params.base + i] == e % params.clusters);
}
