// Distances of samples to the decision boundaries of a linear head, from logits Z [rows, classes]
// and inverse[a, b] = 1 / |w_a - w_b|, 0 if the two are equal: such classes have no boundary, and
// the distance is FAR. With the predicted class yhat, the lowest of equal ones:
//   distances[i, c] = (z_i,yhat - z_ic) inverse[yhat, c]    for the other classes c
//   distances[i, yhat] = least[base + i] = the least of those
// One thread per row.
struct Params { rows: u32, base: u32, classes: u32 }

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> inverse: array<f32>;
@group(0) @binding(2) var<storage, read_write> distances: array<f32>;
@group(0) @binding(3) var<storage, read_write> least: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/strategies/boundary-distances.ts
const FAR: f32 = 3e38;

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
  var top = 0u;
  for (var c = 1u; c < params.classes; c++) {
    if (logits[at + c] > logits[at + top]) { top = c; }
  }
  var nearest = FAR;
  for (var c = 0u; c < params.classes; c++) {
    if (c != top) {
      let scale = inverse[top * params.classes + c];
      var distance = FAR;
      if (scale > 0.0) { distance = (logits[at + top] - logits[at + c]) * scale; }
      distances[at + c] = distance;
      nearest = min(nearest, distance);
    }
  }
  distances[at + top] = nearest;
  least[params.base + i] = nearest;
}
