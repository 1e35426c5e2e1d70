// changed[base + i] = whether the class of the logits Z[i, :] changes by a step of length reach *
// max_a |x_i - anchor_a| along the gradient g of the loss, g = W^T q, which leads to
//   Z[i, :] + step D[i, :] / sqrt(q . D[i, :])    with D = Q W W^T
// Z, Q and D are [rows, classes]; distances are computed from Y = X A^T, [rows, anchors], and
// squared norms. Of equal logits the lowest class is the arg-max. One thread per row.
struct Params { rows: u32, base: u32, classes: u32, anchors: u32, reach: f32 }

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> directions: array<f32>;
@group(0) @binding(3) var<storage, read> y: array<f32>;
@group(0) @binding(4) var<storage, read> norms: array<f32>;
@group(0) @binding(5) var<storage, read> anchorNorms: array<f32>;
@group(0) @binding(6) var<storage, read_write> changed: array<u32>;
@group(0) @binding(7) var<uniform> params: Params;

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
  let row = params.base + i;
  var farthest = 0.0;
  for (var a = 0u; a < params.anchors; a++) {
    farthest = max(farthest, norms[row] + anchorNorms[a] - 2.0 * y[i * params.anchors + a]);
  }
  let at = i * params.classes;
  var square = 0.0;
  for (var k = 0u; k < params.classes; k++) { square += q[at + k] * directions[at + k]; }
  var step = 0.0;
  if (square > 0.0) { step = params.reach * sqrt(farthest) / sqrt(square); }
  var before = 0u;
  var after = 0u;
  var best = logits[at] + step * directions[at];
  for (var k = 1u; k < params.classes; k++) {
    if (logits[at + k] > logits[at + before]) { before = k; }
    let value = logits[at + k] + step * directions[at + k];
    if (value > best) { best = value; after = k; }
  }
  changed[row] = select(0u, 1u, before != after);
}
