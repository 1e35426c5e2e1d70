// The mean squared distance of each row to its `neighbors` (at most 20) nearest among `count` rows,
// from their dot products Y = X_tile X^T, [rows, count], and their squared norms. The row itself,
// at first + i, is excluded. One thread per row.
struct Params { rows: u32, first: u32, count: u32, neighbors: u32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> norms: array<f32>;
@group(0) @binding(2) var<storage, read_write> means: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/geometry/neighbor-distances.ts
const MOST_NEIGHBORS: u32 = 20u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * ROW_THREADS + thread;
  if (i >= params.rows) { return; }
  let own = params.first + i;
  var nearest: array<f32, MOST_NEIGHBORS>; // in ascending order
  for (var k = 0u; k < MOST_NEIGHBORS; k++) { nearest[k] = 3.4e38; }
  for (var j = 0u; j < params.count; j++) {
    if (j == own) { continue; }
    var value = max(0.0, norms[own] + norms[j] - 2.0 * y[i * params.count + j]);
    if (value >= nearest[params.neighbors - 1u]) { continue; }
    for (var k = 0u; k < params.neighbors; k++) {
      if (value < nearest[k]) {
        let larger = nearest[k];
        nearest[k] = value;
        value = larger;
      }
    }
  }
  var sum = 0.0;
  for (var k = 0u; k < params.neighbors; k++) { sum += nearest[k]; }
  means[own] = sum / f32(params.neighbors);
}
