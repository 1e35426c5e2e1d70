// P[i, k] = P[i, k]^power / sum_l P[i, l]^power in place, P [rows, classes]: temperature scaling of
// probabilities, with power = 1 / temperature. If independent is 1, the sum is that of
// P[i, k]^power and (1 - P[i, k])^power. One thread per row.
override independent: u32 = 0u;

struct Params { rows: u32, classes: u32, power: f32 }

@group(0) @binding(0) var<storage, read_write> probabilities: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

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
  if (independent == 1u) {
    for (var k = 0u; k < params.classes; k++) {
      let p = probabilities[at + k];
      let ratio = min(p, 1.0 - p) / max(p, 1.0 - p);
      var value = 0.0;
      if (ratio > 0.0) { value = exp(params.power * log(ratio)); }
      probabilities[at + k] = select(value, 1.0, p >= 0.5) / (1.0 + value);
    }
    return;
  }
  var top = 0.0;
  for (var k = 0u; k < params.classes; k++) { top = max(top, probabilities[at + k]); }
  // Ratios to the largest, so that the largest power is 1 and the sum cannot underflow.
  var sum = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    let ratio = probabilities[at + k] / top;
    var value = 0.0;
    if (ratio > 0.0) { value = exp(params.power * log(ratio)); }
    if (ratio >= 1.0) { value = 1.0; }
    probabilities[at + k] = value;
    sum += value;
  }
  for (var k = 0u; k < params.classes; k++) { probabilities[at + k] /= sum; }
}
