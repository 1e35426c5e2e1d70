// nearest[base + i] = min(nearest[base + i], |x_i - x_c|^2 over those c < count in other clusters),
// from the dot products Y = X S^T, [rows, width], and the squared norms of all samples. Row c of S
// is sample first + c of the pool. One thread per row.
struct Params { rows: u32, base: u32, width: u32, count: u32, first: u32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> norms: array<f32>;
@group(0) @binding(2) var<storage, read> clusters: array<u32>;
@group(0) @binding(3) var<storage, read_write> nearest: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

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
  let row = params.base + i;
  let own = clusters[row];
  var least = nearest[row];
  for (var c = 0u; c < params.count; c++) {
    let other = params.first + c;
    if (clusters[other] == own) { continue; }
    least = min(least, max(0.0, norms[row] + norms[other] - 2.0 * y[i * params.width + c]));
  }
  nearest[row] = least;
}
