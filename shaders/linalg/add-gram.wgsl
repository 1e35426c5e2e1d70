// Adds scale * sum_z S[z] to the class blocks (k, l) and (l, k) of a symmetric [D, D] matrix, where
// S is [slices, d, d] with its lower triangle filled (weighted-gram). Each thread computes one
// entry (i, j), j <= i, of the block and its mirror images.
struct Params { d: u32, D: u32, slices: u32, k: u32, l: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> s: array<f32>;
@group(0) @binding(1) var<storage, read_write> matrix: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const TILE: u32 = 16u;

@compute @workgroup_size(TILE, TILE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y;
  let j = id.x;
  let d = params.d;
  if (i >= d || j > i) { return; }
  var sum = 0.0;
  for (var z = 0u; z < params.slices; z++) { sum += s[(z * d + i) * d + j]; }
  let ki = params.k * d + i;
  let kj = params.k * d + j;
  let li = params.l * d + i;
  let lj = params.l * d + j;
  let value = matrix[ki * params.D + lj] + params.scale * sum;
  matrix[ki * params.D + lj] = value;
  matrix[lj * params.D + ki] = value;
  matrix[kj * params.D + li] = value;
  matrix[li * params.D + kj] = value;
}
