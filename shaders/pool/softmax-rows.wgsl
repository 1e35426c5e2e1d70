// Z[i, k] becomes exp(Z[i, k] - max) / sum: the softmax of each row, one thread per row; or, if
// independent is 1, the sigmoid 1 / (1 + exp(-Z[i, k])) of each element.
override independent: u32 = 0u;

struct Params { rows: u32, classes: u32 }

@group(0) @binding(0) var<storage, read_write> values: array<f32>;
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
      let z = values[at + k];
      let value = exp(-abs(z));
      values[at + k] = select(value, 1.0, z > 0.0) / (1.0 + value);
    }
    return;
  }
  var top = values[at];
  for (var k = 1u; k < params.classes; k++) { top = max(top, values[at + k]); }
  var sum = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    let value = exp(values[at + k] - top);
    values[at + k] = value;
    sum += value;
  }
  for (var k = 0u; k < params.classes; k++) { values[at + k] /= sum; }
}
