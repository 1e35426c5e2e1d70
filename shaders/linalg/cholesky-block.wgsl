// Factors one diagonal block, L L^T = A, and inverts L: writes L to the factor matrix and L^-1 to
// `inverses` [blocks, B, B]. One workgroup; the block starts at (at, at) and has order `size` <= B.
// Pivots are at least LEAST_PIVOT: those of a positive definite matrix may become negative by
// rounding.
override B: u32 = 32u;

struct Params { D: u32, at: u32, size: u32, block: u32 }

@group(0) @binding(0) var<storage, read> matrix: array<f32>;
@group(0) @binding(1) var<storage, read_write> factor: array<f32>;
@group(0) @binding(2) var<storage, read_write> inverses: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/linalg/cholesky-block.ts
const LEAST_PIVOT: f32 = 1e-30;

const THREADS: u32 = 256u;

var<workgroup> l: array<f32, B * B>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  let n = params.size;
  for (var e = thread; e < n * n; e += THREADS) {
    l[e] = matrix[(params.at + e / n) * params.D + params.at + e % n];
  }
  workgroupBarrier();
  for (var p = 0u; p < n; p++) {
    if (thread == 0u) { l[p * n + p] = sqrt(max(l[p * n + p], LEAST_PIVOT)); }
    workgroupBarrier();
    if (thread > p && thread < n) { l[thread * n + p] /= l[p * n + p]; }
    workgroupBarrier();
    for (var e = thread; e < n * n; e += THREADS) {
      let i = e / n;
      let j = e % n;
      if (j > p && i >= j) { l[e] -= l[i * n + p] * l[j * n + p]; }
    }
    workgroupBarrier();
  }
  for (var e = thread; e < n * n; e += THREADS) {
    let i = e / n;
    let j = e % n;
    factor[(params.at + i) * params.D + params.at + j] = select(0.0, l[e], j <= i);
  }
  // Column `thread` of the inverse by forward substitution.
  if (thread < n) {
    let base = params.block * B * B;
    for (var i = 0u; i < n; i++) {
      var sum = select(0.0, 1.0, i == thread);
      for (var j = thread; j < i; j++) { sum -= l[i * n + j] * inverses[base + j * B + thread]; }
      inverses[base + i * B + thread] = select(sum / l[i * n + i], 0.0, i < thread);
    }
  }
}
