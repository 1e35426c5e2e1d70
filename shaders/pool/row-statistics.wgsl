// For each row of probabilities: [max p, p1 - p2, entropy -sum p ln p, arg-max], where p1 and p2
// are the largest two. One thread per row.
struct Params { rows: u32, classes: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read_write> statistics: array<f32>;
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
  var first = -1.0;
  var second = 0.0;
  var label = 0u;
  var entropy = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    let p = probabilities[i * params.classes + k];
    if (p > 0.0) { entropy -= p * log(p); }
    if (p > first) {
      second = max(first, 0.0);
      first = p;
      label = k;
    } else if (p > second) {
      second = p;
    }
  }
  statistics[4u * i] = first;
  statistics[4u * i + 1u] = first - second;
  statistics[4u * i + 2u] = entropy;
  statistics[4u * i + 3u] = f32(label);
}
