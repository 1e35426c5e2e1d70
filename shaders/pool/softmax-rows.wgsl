// P[i, k] = exp(Z[i, k] - max) / sum: the softmax of each row, one thread per row; or, if
// independent is 1, the sigmoid 1 / (1 + exp(-Z[i, k])) of each element.
override independent: u32 = 0u;

struct Params { rows: u32, classes: u32 }

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> probabilities: array<f32>;
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
  let at = i * params.classes;
  if (independent == 1u) {
    for (var k = 0u; k < params.classes; k++) {
      let z = logits[at + k];
      let value = exp(-abs(z));
      probabilities[at + k] = select(value, 1.0, z > 0.0) / (1.0 + value);
    }
    return;
  }
  var top = logits[at];
  for (var k = 1u; k < params.classes; k++) { top = max(top, logits[at + k]); }
  var sum = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    let value = exp(logits[at + k] - top);
    probabilities[at + k] = value;
    sum += value;
  }
  for (var k = 0u; k < params.classes; k++) { probabilities[at + k] /= sum; }
}
