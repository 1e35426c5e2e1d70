// C = alpha op(A) op(B) + beta C, register-blocked: each thread computes RY x RX blocks of 4 x 4 of
// C (at most 2 x 2, TY and TX blocks apart), a workgroup a tile of 4 RY TY x 4 RX TX. op(A) is
// [m, k], op(B) is [k, n]. A may hold packed half floats. With `kSlice` < k, slice z sums only its
// share of k, and writes its own copy of C, `sliceStride` elements after the previous one.
override TX: u32 = 8u;
override TY: u32 = 8u;
override RX: u32 = 2u;
override RY: u32 = 2u;
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

var<workgroup> tileA: array<vec4f, RY * TY * BK>;
var<workgroup> tileB: array<vec4f, RX * TX * BK>;

// part: outer-product
// The outer product of two vectors; row i of the product is column i of the returned matrix.
fn products(left: vec4f, right: vec4f) -> mat4x4f {
  return mat4x4f(left.x * right, left.y * right, left.z * right, left.w * right);
}
// end of part

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

fn store(at: u32, column: u32, sum: f32) {
  if (column >= params.n) { return; }
  var value = params.alpha * sum;
  if (params.beta != 0.0) { value += params.beta * c[at]; }
  c[at] = value;
}

fn storeRow(row: u32, column: u32, slice: u32, sums: vec4f) {
  if (row >= params.m) { return; }
  let at = params.cOffset + slice * params.sliceStride + row * params.ldc + column;
  store(at, column, sums.x);
  store(at + 1u, column + 1u, sums.y);
  store(at + 2u, column + 2u, sums.z);
  store(at + 3u, column + 3u, sums.w);
}

// Unrolled by hand, as all code with the sums: with a loop counter as index they would be placed in
// memory (4 x 4 per thread at 768^3: 242 ms, unrolled 179 ms; 8 x 8 per thread 110 ms; llvmpipe).
fn storeBlock(row: u32, column: u32, slice: u32, sums: mat4x4f) {
  storeRow(row, column, slice, sums[0]);
  storeRow(row + 1u, column, slice, sums[1]);
  storeRow(row + 2u, column, slice, sums[2]);
  storeRow(row + 3u, column, slice, sums[3]);
}

@compute @workgroup_size(TX, TY)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let quadsA = RY * TY;
  let quadsB = RX * TX;
  let row0 = group.y * 4u * quadsA;
  let column0 = group.x * 4u * quadsB;
  // If only the lower triangle is computed, tiles above the diagonal are skipped.
  if (params.lower == 1u && column0 >= row0 + 4u * quadsA) { return; }
  let kStart = group.z * params.kSlice;
  let kEnd = min(params.k, kStart + params.kSlice);
  var sums00 = mat4x4f();
  var sums01 = mat4x4f();
  var sums10 = mat4x4f();
  var sums11 = mat4x4f();

  for (var k0 = kStart; k0 < kEnd; k0 += BK) {
    for (var e = thread; e < quadsA * BK; e += TX * TY) {
      // Neighboring threads read neighboring addresses, whether A is transposed or not.
      var depth = e % BK;
      var quad = e / BK;
      if (transA == 1u) { depth = e / quadsA; quad = e % quadsA; }
      let row = row0 + 4u * quad;
      tileA[depth * quadsA + quad] = vec4f(
        loadA(row, k0 + depth, kEnd), loadA(row + 1u, k0 + depth, kEnd),
        loadA(row + 2u, k0 + depth, kEnd), loadA(row + 3u, k0 + depth, kEnd));
    }
    for (var e = thread; e < quadsB * BK; e += TX * TY) {
      var depth = e / quadsB;
      var quad = e % quadsB;
      if (transB == 1u) { depth = e % BK; quad = e / BK; }
      let column = column0 + 4u * quad;
      tileB[depth * quadsB + quad] = vec4f(
        loadB(k0 + depth, column, kEnd), loadB(k0 + depth, column + 1u, kEnd),
        loadB(k0 + depth, column + 2u, kEnd), loadB(k0 + depth, column + 3u, kEnd));
    }
    workgroupBarrier();
    for (var depth = 0u; depth < BK; depth++) {
      let atA = depth * quadsA + local.y;
      let atB = depth * quadsB + local.x;
      let left = tileA[atA];
      let right = tileB[atB];
      sums00 += products(left, right);
      if (RX > 1u) { sums01 += products(left, tileB[atB + TX]); }
      if (RY > 1u) { sums10 += products(tileA[atA + TY], right); }
      if (RX > 1u && RY > 1u) { sums11 += products(tileA[atA + TY], tileB[atB + TX]); }
    }
    workgroupBarrier();
  }

  let row = row0 + 4u * local.y;
  let column = column0 + 4u * local.x;
  storeBlock(row, column, group.z, sums00);
  if (RX > 1u) { storeBlock(row, column + 4u * TX, group.z, sums01); }
  if (RY > 1u) { storeBlock(row + 4u * TY, column, group.z, sums10); }
  if (RX > 1u && RY > 1u) { storeBlock(row + 4u * TY, column + 4u * TX, group.z, sums11); }
}
