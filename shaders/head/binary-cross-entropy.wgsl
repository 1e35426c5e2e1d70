// Replaces logits [rows, classes] by the derivatives of
//   scale / (rows classes) sum -(y log p + (1 - y) log(1 - p)),   p = sigmoid(z),
// and writes each row's share of the loss to losses. The labels y of row i are the bits of row
// order[first + i] of labels [n, ceil(classes / 32)], bit k % 32 of word k / 32 for class k. One
// thread per row.
struct Params { rows: u32, classes: u32, first: u32, lossOffset: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> order: array<u32>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read_write> logits: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/head/largest-logit.ts
const LARGEST_LOGIT: f32 = 1e30;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: log-one-plus
// log(1 + v) for v >= 0, by its series for small v, where the rounding of 1 + v would matter.
fn logOnePlus(v: f32) -> f32 {
  if (v > 0.02) { return log(1.0 + v); }
  return v * (1.0 - v * (0.5 - v * (1.0 / 3.0 - 0.25 * v)));
}
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * ROW_THREADS + thread;
  if (i >= params.rows) { return; }
  let classes = params.classes;
  let factor = params.scale / (f32(params.rows) * f32(classes));
  let bits = order[params.first + i] * ((classes + 31u) / 32u);
  var loss = 0.0;
  for (var k = 0u; k < classes; k++) {
    let z = clamp(logits[i * classes + k], -LARGEST_LOGIT, LARGEST_LOGIT);
    let labeled = ((labels[bits + k / 32u] >> (k % 32u)) & 1u) == 1u;
    // The logit of the wrong answer: p - 1 = -sigmoid(-z), without cancellation if p is nearly 1.
    let wrong = select(z, -z, labeled);
    let small = exp(-abs(z));
    let share = select(small, 1.0, wrong >= 0.0) / (1.0 + small);
    logits[i * classes + k] = factor * select(share, -share, labeled);
    loss += max(wrong, 0.0) + logOnePlus(small);
  }
  losses[params.lossOffset + i] = factor * loss;
}
