// For each row of probabilities: [max p, p1 - p2, entropy -sum p ln p, arg-max], where p1 and p2
// are the largest two. If independent is 1, each class is a choice of p and 1 - p: [the mean of
// max(p, 1 - p), the least |2 p - 1|, the sum of the entropies, arg-max]. One thread per row.
override independent: u32 = 0u;

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
  var sure = 0.0;
  var closest = 1.0;
  for (var k = 0u; k < params.classes; k++) {
    let p = probabilities[i * params.classes + k];
    if (p > 0.0) { entropy -= p * log(p); }
    if (independent == 1u) {
      let other = 1.0 - p;
      if (other > 0.0) { entropy -= other * log(other); }
      sure += max(p, other) / f32(params.classes);
      closest = min(closest, abs(p - other));
    }
    if (p > first) {
      second = max(first, 0.0);
      first = p;
      label = k;
    } else if (p > second) {
      second = p;
    }
  }
  statistics[4u * i] = select(first, sure, independent == 1u);
  statistics[4u * i + 1u] = select(first - second, closest, independent == 1u);
  statistics[4u * i + 2u] = entropy;
  statistics[4u * i + 3u] = f32(label);
}
