// partials[g, c] = sum over the 256 rows of chunk g of weights[i] max(s(x_i, x_c) - covered[i], 0): what sample c
// would add to the coverage of those rows; see cover-rows for Y, [rows, width], `order` and the similarity s.
// A workgroup takes a chunk and 64 columns; neighboring threads read neighboring columns, and 4 share one.
override ball: u32 = 0u;

struct Params { rows: u32, base: u32, width: u32, first: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> norms: array<f32>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read> covered: array<f32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

var<workgroup> sums: array<f32, 256>;

fn similarity(distance: f32) -> f32 {
  if (ball == 1u) { return select(0.0, 1.0, distance < params.scale); }
  return exp(-params.scale * distance);
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let c = group.y * 64u + thread % 64u;
  var sum = 0.0;
  if (c < params.width) {
    let other = norms[order[params.first + c]];
    let end = min(params.rows, (group.x + 1u) * 256u);
    for (var i = group.x * 256u + thread / 64u; i < end; i += 4u) {
      let row = params.base + i;
      let distance = max(0.0, norms[row] + other - 2.0 * y[i * params.width + c]);
      sum += weights[row] * max(similarity(distance) - covered[row], 0.0);
    }
  }
  sums[thread] = sum;
  workgroupBarrier();
  if (thread < 64u && c < params.width) {
    partials[group.x * params.width + c] =
      sums[thread] + sums[thread + 64u] + sums[thread + 128u] + sums[thread + 192u];
  }
}
