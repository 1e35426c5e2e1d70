// Distances of samples to the decision boundaries of a linear head, from logits Z [rows, classes]
// and inverse[a - first, b] = 1 / |w_a - w_b| for `count` classes a from `first` on, 0 if the two
// are equal: such classes have no boundary, and the distance is FAR. For rows whose predicted class
// yhat, the lowest of equal ones, is one of those a:
//   distances[i, c] = (z_i,yhat - z_ic) inverse[yhat - first, c]    for the other classes c
//   distances[i, yhat] = least[base + i] = the least of those
// With keep = 0 the distances are not stored. `lanes` threads share a row and read neighboring
// addresses.
override lanes: u32 = 16u;
override keep: u32 = 1u;

struct Params { rows: u32, base: u32, classes: u32, first: u32, count: u32 }

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> inverse: array<f32>;
@group(0) @binding(2) var<storage, read_write> distances: array<f32>;
@group(0) @binding(3) var<storage, read_write> least: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/strategies/boundary-distances.ts
const FAR: f32 = 3e38;

var<workgroup> bestLogit: array<f32, THREADS>;
var<workgroup> bestClass: array<u32, THREADS>;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let lane = thread % lanes;
  let i = groupIndex(group, groups) * (THREADS / lanes) + thread / lanes;
  let at = i * params.classes;
  var highest = -FAR;
  var predicted = params.classes;
  if (i < params.rows) {
    for (var c = lane; c < params.classes; c += lanes) {
      if (logits[at + c] > highest) {
        highest = logits[at + c];
        predicted = c;
      }
    }
  }
  bestLogit[thread] = highest;
  bestClass[thread] = predicted;
  workgroupBarrier();
  for (var width = lanes / 2u; width > 0u; width /= 2u) {
    if (lane < width) {
      let other = bestLogit[thread + width];
      let class_ = bestClass[thread + width];
      if (other > bestLogit[thread] || (other == bestLogit[thread] && class_ < bestClass[thread])) {
        bestLogit[thread] = other;
        bestClass[thread] = class_;
      }
    }
    workgroupBarrier();
  }
  highest = bestLogit[thread - lane];
  predicted = bestClass[thread - lane];
  workgroupBarrier();
  let here = i < params.rows && predicted >= params.first &&
    predicted < params.first + params.count;
  var nearest = FAR;
  if (here) {
    for (var c = lane; c < params.classes; c += lanes) {
      if (c != predicted) {
        let scale = inverse[(predicted - params.first) * params.classes + c];
        var distance = FAR;
        if (scale > 0.0) { distance = (highest - logits[at + c]) * scale; }
        if (keep == 1u) { distances[at + c] = distance; }
        nearest = min(nearest, distance);
      }
    }
  }
  bestLogit[thread] = nearest;
  workgroupBarrier();
  for (var width = lanes / 2u; width > 0u; width /= 2u) {
    if (lane < width) { bestLogit[thread] = min(bestLogit[thread], bestLogit[thread + width]); }
    workgroupBarrier();
  }
  if (lane == 0u && here) {
    least[params.base + i] = bestLogit[thread];
    if (keep == 1u) { distances[at + predicted] = bestLogit[thread]; }
  }
}
