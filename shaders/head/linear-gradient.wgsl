// The gradient [scale (P - Y)^T X + penalty W | scale sum (P - Y)] for parameters [W | b], W
// [classes, stride], from the products X^T (P - Y) [stride, classes] and the partial sums of
// softmax-residual, and the terms of the objective: penalty / 2 |W|^2 in groups of 256 weights,
// then the scaled loss. The first workgroups compute 256 weights each; one workgroup per class and
// one for the loss follow.
struct Params { classes: u32, stride: u32, groups: u32, scale: f32, penalty: f32 }

@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> products: array<f32>;
@group(0) @binding(2) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> terms: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

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
  let classes = params.classes;
  let size = classes * params.stride;
  let weightGroups = (size + THREADS - 1u) / THREADS;
  let g = groupIndex(group, groups);
  if (g > weightGroups + classes) { return; }
  let column = g - min(g, weightGroups);
  var sum = 0.0;
  if (g < weightGroups) {
    let e = g * THREADS + thread;
    if (e < size) {
      let weight = parameters[e];
      let product = products[(e % params.stride) * classes + e / params.stride];
      gradient[e] = params.scale * product + params.penalty * weight;
      sum = 0.5 * params.penalty * weight * weight;
    }
  } else {
    for (var r = thread; r < params.groups; r += THREADS) {
      sum += params.scale * partials[r * (classes + 1u) + column];
    }
  }
  let total = sumOver(THREADS, sum, thread);
  if (thread != 0u) { return; }
  if (g < weightGroups) { terms[g] = total; }
  else if (column < classes) { gradient[size + column] = total; }
  else { terms[weightGroups] = total; }
}
