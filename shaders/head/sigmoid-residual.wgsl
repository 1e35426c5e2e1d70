// Replaces logits Z [rows, classes], rows `pitch` apart, by P - Y, P = sigmoid(Z + bias) and Y the
// labels of 0 and 1, one thread per row. Bit k % 32 of word k / 32 of a row of labels
// [n, ceil(classes / 32)] is the label of class k. A workgroup writes the column sums of its 64
// rows of P - Y, and the sum of their losses -sum_k (y log p + (1 - y) log(1 - p)), to partials
// [groups, classes + 1].
struct Params {
  rows: u32, classes: u32, pitch: u32,
  biasOffset: u32, first: u32, firstGroup: u32,
}

@group(0) @binding(0) var<storage, read> labels: array<u32>;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> logits: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/head/softmax-residual.ts
const RESIDUAL_ROWS: u32 = 64u;

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

fn row(i: u32) -> f32 {
  let classes = params.classes;
  let at = i * params.pitch;
  let bits = (params.first + i) * ((classes + 31u) / 32u);
  var loss = 0.0;
  for (var k = 0u; k < classes; k++) {
    let biased = logits[at + k] + parameters[params.biasOffset + k];
    let z = clamp(biased, -LARGEST_LOGIT, LARGEST_LOGIT);
    let labeled = ((labels[bits + k / 32u] >> (k % 32u)) & 1u) == 1u;
    // The logit of the wrong answer: p - 1 = -sigmoid(-z), without cancellation if p is nearly 1.
    let wrong = select(z, -z, labeled);
    let small = exp(-abs(z));
    let share = select(small, 1.0, wrong >= 0.0) / (1.0 + small);
    logits[at + k] = select(share, -share, labeled);
    loss += max(wrong, 0.0) + logOnePlus(small);
  }
  return loss;
}

// part: residual-sums
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
// end of part
