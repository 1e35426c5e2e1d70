// Workgroup g calls row(i) for its RESIDUAL_ROWS rows, one thread each, and writes the column sums
// of their residuals in logits, and the sum of the losses that row returns, to row firstGroup + g
// of partials [groups, classes + 1].
var<workgroup> losses: array<f32, RESIDUAL_ROWS>;

@compute @workgroup_size(RESIDUAL_ROWS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let g = groupIndex(group, groups);
  if (g * RESIDUAL_ROWS >= params.rows) { return; }
  let i = g * RESIDUAL_ROWS + thread;
  if (i < params.rows) { losses[thread] = row(i); } else { losses[thread] = 0.0; }
  workgroupBarrier();
  storageBarrier();
  let classes = params.classes;
  let end = min(RESIDUAL_ROWS, params.rows - g * RESIDUAL_ROWS);
  for (var k = thread; k <= classes; k += RESIDUAL_ROWS) {
    var sum = 0.0;
    for (var r = 0u; r < end; r++) {
      if (k == classes) { sum += losses[r]; }
      else { sum += logits[(g * RESIDUAL_ROWS + r) * params.pitch + k]; }
    }
    partials[(params.firstGroup + g) * (classes + 1u) + k] = sum;
  }
}
