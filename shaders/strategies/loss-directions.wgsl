// Q[i, :] = softmax of the logits of all classes but the most probable one, and -1 for that class;
// Z and Q are [rows, classes]. That is P - onehot(arg-max), the derivative of the loss of the
// predicted class by the logits, divided by its largest entry, without cancellation if P is nearly
// one-hot. Of equal logits the lowest class is the arg-max; a single class has no direction. One
// thread per row.
struct Params { rows: u32, classes: u32 }

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> q: array<f32>;
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
  if (params.classes == 1u) { q[at] = 0.0; return; }
  var top = 0u;
  for (var k = 1u; k < params.classes; k++) { if (logits[at + k] > logits[at + top]) { top = k; } }
  var highest = -3.4e38;
  for (var k = 0u; k < params.classes; k++) {
    if (k != top) { highest = max(highest, logits[at + k]); }
  }
  var sum = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    if (k == top) { continue; }
    let value = exp(logits[at + k] - highest);
    q[at + k] = value;
    sum += value;
  }
  for (var k = 0u; k < params.classes; k++) { q[at + k] /= sum; }
  q[at + top] = -1.0;
}
