// The nearest center of each row from its dot products Y = X C: that with the least |c|^2 - 2 x.c
// (of equal ones the lowest). Y is [rows, clusters]; one thread per row.
struct Params { rows: u32, base: u32, clusters: u32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> norms: array<f32>;
@group(0) @binding(2) var<storage, read_write> assignment: array<u32>;
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
  var best = 0u;
  var least = 3.4e38;
  for (var c = 0u; c < params.clusters; c++) {
    let distance = norms[c] - 2.0 * y[i * params.clusters + c];
    if (distance < least) {
      least = distance;
      best = c;
    }
  }
  assignment[params.base + i] = best;
}
