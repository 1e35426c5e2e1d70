// C = alpha op(A) op(B) + beta C, register-blocked: each thread owns 4 x 4 of C, a workgroup a tile
// of 4 TY x 4 TX. op(A) is [m, k], op(B) is [k, n]. A may hold packed half floats. With `kSlice` < k
// slice z sums its share of k only and writes its own copy of C, `sliceStride` further on.
override TX: u32 = 16u;
override TY: u32 = 16u;
override BK: u32 = 16u;
override transA: u32 = 0u;
override transB: u32 = 0u;
override halfA: u32 = 0u;

struct Params {
  m: u32, n: u32, k: u32,
  lda: u32, ldb: u32, ldc: u32,
  aOffset: u32, bOffset: u32, cOffset: u32,
  kSlice: u32, sliceStride: u32,
  lower: u32,
  alpha: f32, beta: f32,
}

@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> tileA: array<vec4f, TY * BK>;
var<workgroup> tileB: array<vec4f, TX * BK>;

fn loadA(row: u32, depth: u32, kEnd: u32) -> f32 {
  if (row >= params.m || depth >= kEnd) { return 0.0; }
  var at = params.aOffset;
  if (transA == 1u) { at += depth * params.lda + row; } else { at += row * params.lda + depth; }
  if (halfA == 1u) { return unpack2x16float(a[at >> 1u])[at & 1u]; }
  return bitcast<f32>(a[at]);
}

fn loadB(depth: u32, column: u32, kEnd: u32) -> f32 {
  if (column >= params.n || depth >= kEnd) { return 0.0; }
  if (transB == 1u) { return b[params.bOffset + column * params.ldb + depth]; }
  return b[params.bOffset + depth * params.ldb + column];
}

@compute @workgroup_size(TX, TY)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row0 = group.y * 4u * TY;
  let column0 = group.x * 4u * TX;
  // Only the lower triangle is wanted: tiles wholly above the diagonal have nothing to do.
  if (params.lower == 1u && column0 >= row0 + 4u * TY) { return; }
  let kStart = group.z * params.kSlice;
  let kEnd = min(params.k, kStart + params.kSlice);
  var acc = array<vec4f, 4>(vec4f(), vec4f(), vec4f(), vec4f());

  for (var k0 = kStart; k0 < kEnd; k0 += BK) {
    for (var e = thread; e < TY * BK; e += TX * TY) {
      // Neighbouring threads read neighbouring addresses, whichever way A is stored.
      var depth = e % BK;
      var quad = e / BK;
      if (transA == 1u) { depth = e / TY; quad = e % TY; }
      let row = row0 + 4u * quad;
      tileA[depth * TY + quad] = vec4f(
        loadA(row, k0 + depth, kEnd), loadA(row + 1u, k0 + depth, kEnd),
        loadA(row + 2u, k0 + depth, kEnd), loadA(row + 3u, k0 + depth, kEnd));
    }
    for (var e = thread; e < TX * BK; e += TX * TY) {
      var depth = e / TX;
      var quad = e % TX;
      if (transB == 1u) { depth = e % BK; quad = e / BK; }
      let column = column0 + 4u * quad;
      tileB[depth * TX + quad] = vec4f(
        loadB(k0 + depth, column, kEnd), loadB(k0 + depth, column + 1u, kEnd),
        loadB(k0 + depth, column + 2u, kEnd), loadB(k0 + depth, column + 3u, kEnd));
    }
    workgroupBarrier();
    for (var depth = 0u; depth < BK; depth++) {
      let left = tileA[depth * TY + local.y];
      let right = tileB[depth * TX + local.x];
      acc[0] += left.x * right;
      acc[1] += left.y * right;
      acc[2] += left.z * right;
      acc[3] += left.w * right;
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 4u; i++) {
    let row = row0 + 4u * local.y + i;
    if (row >= params.m) { break; }
    for (var j = 0u; j < 4u; j++) {
      let column = column0 + 4u * local.x + j;
      if (column >= params.n) { break; }
      let at = params.cOffset + group.z * params.sliceStride + row * params.ldc + column;
      var value = params.alpha * acc[i][j];
      if (params.beta != 0.0) { value += params.beta * c[at]; }
      c[at] = value;
    }
  }
}
