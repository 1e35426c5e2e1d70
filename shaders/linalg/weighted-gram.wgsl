// S[z] = X^T diag(w) X over the rows of slice z, lower triangle of tiles only. X is [rows, d] as
// f32 or packed half floats, d a multiple of 8, w is [rows], S is [slices, d, d]. A workgroup
// computes a tile of 64 x 64, a thread 2 x 2 blocks of 4 x 4, half a tile apart.
override half: u32 = 0u;

struct Params { rows: u32, d: u32, xOffset: u32, wOffset: u32, rowsPerSlice: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> s: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/linalg/weighted-gram.ts
const GRAM_TILE: u32 = 64u;

const QUADS: u32 = GRAM_TILE / 4u;
const T: u32 = QUADS / 2u;
const BK: u32 = 16u;

var<workgroup> left: array<vec4f, QUADS * BK>;
var<workgroup> right: array<vec4f, QUADS * BK>;

// part: half-quads
// Four numbers in an array of f32 or packed half floats: elements 4 quad .. 4 quad + 3 of x, an
// array<vec4<u32>>, are quadIn(x[quad >> half], quad). Needs an override half, 1 for half floats.
fn quadIn(words: vec4<u32>, quad: u32) -> vec4f {
  if (half == 0u) { return bitcast<vec4f>(words); }
  let pair = select(words.xy, words.zw, quad % 2u == 1u);
  return vec4f(unpack2x16float(pair.x), unpack2x16float(pair.y));
}
// end of part

// part: outer-product
// The outer product of two vectors; row i of the product is column i of the returned matrix.
fn products(left: vec4f, right: vec4f) -> mat4x4f {
  return mat4x4f(left.x * right, left.y * right, left.z * right, left.w * right);
}
// end of part

fn load(row: u32, column: u32) -> vec4f {
  // d is a multiple of 8, so four neighboring columns exist together and share their 16 bytes.
  if (column >= params.d) { return vec4f(); }
  let quad = (params.xOffset + row * params.d + column) / 4u;
  return quadIn(x[quad >> half], quad);
}

// Unrolled by hand: sums with a loop counter as index would be placed in memory.
fn store(row: u32, column: u32, slice: u32, sums: mat4x4f) {
  if (row >= params.d || column >= params.d) { return; }
  let pitch = params.d / 4u;
  let at = (slice * params.d + row) * pitch + column / 4u;
  s[at] = sums[0];
  s[at + pitch] = sums[1];
  s[at + 2u * pitch] = sums[2];
  s[at + 3u * pitch] = sums[3];
}

@compute @workgroup_size(T, T)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  if (group.x > group.y) { return; }
  let i0 = group.y * GRAM_TILE;
  let j0 = group.x * GRAM_TILE;
  let start = group.z * params.rowsPerSlice;
  let end = min(params.rows, start + params.rowsPerSlice);
  var sums00 = mat4x4f();
  var sums01 = mat4x4f();
  var sums10 = mat4x4f();
  var sums11 = mat4x4f();
  for (var row0 = start; row0 < end; row0 += BK) {
    for (var e = thread; e < QUADS * BK; e += T * T) {
      let row = row0 + e / QUADS;
      let column = 4u * (e % QUADS);
      left[e] = vec4f();
      right[e] = vec4f();
      if (row < end) {
        left[e] = w[params.wOffset + row] * load(row, i0 + column);
        right[e] = load(row, j0 + column);
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let l0 = left[k * QUADS + local.y];
      let l1 = left[k * QUADS + T + local.y];
      let r0 = right[k * QUADS + local.x];
      let r1 = right[k * QUADS + T + local.x];
      sums00 += products(l0, r0);
      sums01 += products(l0, r1);
      sums10 += products(l1, r0);
      sums11 += products(l1, r1);
    }
    workgroupBarrier();
  }
  let row = i0 + 4u * local.y;
  let column = j0 + 4u * local.x;
  store(row, column, group.z, sums00);
  store(row, column + 4u * T, group.z, sums01);
  store(row + 4u * T, column, group.z, sums10);
  store(row + 4u * T, column + 4u * T, group.z, sums11);
}
