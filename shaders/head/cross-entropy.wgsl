// Replaces logits [rows, classes] by the derivatives of
//   scale / W sum_i [(1 - e) w_y (-ln p_y) + e / K sum_k w_k (-ln p_k)],   W = sum_i w_y,
// with class weights w, smoothing e and the label y of row i, and writes each row's share of the
// loss to losses. One thread per row; every workgroup computes W.
struct Params {
  rows: u32, classes: u32, first: u32, lossOffset: u32,
  smoothing: f32, weightSum: f32, scale: f32,
}

@group(0) @binding(0) var<storage, read> order: array<u32>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> logits: array<f32>;
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/head/largest-logit.ts
const LARGEST_LOGIT: f32 = 1e30;

const THREADS: u32 = ROW_THREADS;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: sum-over
// The sum of one value per thread over `count` consecutive threads, which all of them receive;
// `count` is a power of two that divides THREADS. All threads of the workgroup must call sumOver,
// and there must be a barrier between two calls. Needs THREADS.
var<workgroup> partial: array<f32, THREADS>;

fn sumOver(count: u32, value: f32, thread: u32) -> f32 {
  let place = thread % count;
  partial[thread] = value;
  workgroupBarrier();
  for (var width = count / 2u; width > 0u; width /= 2u) {
    if (place < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  return partial[thread - place];
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  var share = 0.0;
  for (var i = thread; i < params.rows; i += THREADS) {
    share += weights[labels[order[params.first + i]]];
  }
  let weight = sumOver(THREADS, share, thread);
  let factor = params.scale / weight;

  let i = groupIndex(group, groups) * THREADS + thread;
  if (i >= params.rows) { return; }
  let classes = params.classes;
  let at = i * classes;
  let label = labels[order[params.first + i]];
  let own = (1.0 - params.smoothing) * weights[label];
  let spread = params.smoothing / f32(classes);
  var highest = -LARGEST_LOGIT;
  for (var k = 0u; k < classes; k++) {
    let value = clamp(logits[at + k], -LARGEST_LOGIT, LARGEST_LOGIT);
    logits[at + k] = value;
    highest = max(highest, value);
  }
  var sum = 0.0;
  var others = 0.0;
  for (var k = 0u; k < classes; k++) {
    let value = exp(logits[at + k] - highest);
    sum += value;
    if (k != label) { others += value; }
  }
  let logSum = highest + log(sum);
  var loss = own * (logSum - logits[at + label]);
  for (var k = 0u; k < classes; k++) {
    let z = logits[at + k];
    let p = exp(z - highest) / sum;
    // p - 1 as the sum of the others, without cancellation if p is nearly 1.
    let wrong = select(p, -others / sum, k == label);
    loss += spread * weights[k] * (logSum - z);
    logits[at + k] = factor * (own * wrong + spread * (p * params.weightSum - weights[k]));
  }
  losses[params.lossOffset + i] = factor * loss;
}
