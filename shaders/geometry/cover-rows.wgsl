// covered[base + i] = max(covered[base + i], s(x_i, x_c) over c < count): the similarity of each
// row to the most similar selected sample, from the dot products Y = X S^T, [rows, width], and the
// squared norms of all samples. Row c of S is sample order[first + c]. s = exp(-scale |x - y|^2),
// or with `ball` 1 if |x - y|^2 < scale, else 0. One thread per row.
override ball: u32 = 0u;

struct Params { rows: u32, base: u32, width: u32, count: u32, first: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> norms: array<f32>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> covered: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: similarity
// The similarity of two samples by their squared distance: a Gaussian, or, if ball is 1, whether
// the distance is below the scale. Needs params.scale and an override ball.
fn similarity(distance: f32) -> f32 {
  if (ball == 1u) { return select(0.0, 1.0, distance < params.scale); }
  return exp(-params.scale * distance);
}
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * ROW_THREADS + thread;
  if (i >= params.rows) { return; }
  let row = params.base + i;
  let norm = norms[row];
  var most = covered[row];
  for (var c = 0u; c < params.count; c++) {
    let other = norms[order[params.first + c]];
    most = max(most, similarity(max(0.0, norm + other - 2.0 * y[i * params.width + c])));
  }
  covered[row] = most;
}
