// partials[g, c] = sum over the 256 rows of chunk g of weights[i] max(s(x_i, x_c) - covered[i], 0):
// the gain in coverage of those rows by sample c; see cover-rows for Y, [rows, width], `order` and
// the similarity s. A workgroup computes a chunk and 64 columns; neighboring threads read
// neighboring columns, and 4 threads share one.
override ball: u32 = 0u;

struct Params { rows: u32, base: u32, width: u32, first: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> norms: array<f32>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read> covered: array<f32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// constants from src/kernels/geometry/coverage-gains.ts
const COVERAGE_CHUNK: u32 = 256u;
const COVERAGE_COLUMNS: u32 = 64u;

const THREADS: u32 = 4u * COVERAGE_COLUMNS;

var<workgroup> sums: array<f32, THREADS>;

// part: similarity
// The similarity of two samples by their squared distance: a Gaussian, or, if ball is 1, whether
// the distance is below the scale. Needs params.scale and an override ball.
fn similarity(distance: f32) -> f32 {
  if (ball == 1u) { return select(0.0, 1.0, distance < params.scale); }
  return exp(-params.scale * distance);
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let c = group.y * COVERAGE_COLUMNS + thread % COVERAGE_COLUMNS;
  var sum = 0.0;
  if (c < params.width) {
    let other = norms[order[params.first + c]];
    let end = min(params.rows, (group.x + 1u) * COVERAGE_CHUNK);
    for (var i = group.x * COVERAGE_CHUNK + thread / COVERAGE_COLUMNS; i < end; i += 4u) {
      let row = params.base + i;
      let distance = max(0.0, norms[row] + other - 2.0 * y[i * params.width + c]);
      sum += weights[row] * max(similarity(distance) - covered[row], 0.0);
    }
  }
  sums[thread] = sum;
  workgroupBarrier();
  if (thread < COVERAGE_COLUMNS && c < params.width) {
    partials[group.x * params.width + c] = sums[thread] + sums[thread + COVERAGE_COLUMNS] +
      sums[thread + 2u * COVERAGE_COLUMNS] + sums[thread + 3u * COVERAGE_COLUMNS];
  }
}
