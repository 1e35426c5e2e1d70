// Q = onehot(arg-max) - P in place of P [rows, classes]: the derivative of the likelihood of the predicted class
// by the logits. Of equal probabilities the lowest class counts. One thread a row.
struct Params { rows: u32, classes: u32 }

@group(0) @binding(0) var<storage, read_write> probabilities: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = (group.y * groups.x + group.x) * 64u + thread;
  if (i >= params.rows) { return; }
  let at = i * params.classes;
  var top = 0u;
  for (var k = 1u; k < params.classes; k++) {
    if (probabilities[at + k] > probabilities[at + top]) { top = k; }
  }
  // 1 - p as the sum of the others keeps its digits when p is nearly 1.
  var others = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    if (k != top) {
      others += probabilities[at + k];
      probabilities[at + k] = -probabilities[at + k];
    }
  }
  probabilities[at + top] = others;
}
