// The `rank` most probable classes of each row, most probable first (of equal ones the lower), and
// the weights scale * sqrt(p_j / sum of those p) of the Fisher factor's columns. One thread per
// row.
struct Params { rows: u32, classes: u32, rank: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read_write> columns: array<u32>;
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;
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
  let at = i * params.classes;
  let out = i * params.rank;
  var last = 2.0;
  var lastClass = 0u;
  var sum = 0.0;
  for (var j = 0u; j < params.rank; j++) {
    var best = -1.0;
    for (var k = 0u; k < params.classes; k++) {
      let p = probabilities[at + k];
      // A class after the previous one in the order: less probable, or equal and higher.
      if (p > best && (p < last || (p == last && k > lastClass))) {
        best = p;
        columns[out + j] = k;
      }
    }
    weights[out + j] = best;
    sum += best;
    last = best;
    lastClass = columns[out + j];
  }
  for (var j = 0u; j < params.rank; j++) {
    weights[out + j] = params.scale * sqrt(max(weights[out + j], 0.0) / sum);
  }
}
