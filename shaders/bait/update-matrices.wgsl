// M^-1 -= sigma W W^T and P -= W Z^T + Z W^T, with W and Z [r, D] (transposed). Each thread
// computes a 4 x 4 block of both matrices.
struct Params { D: u32, rank: u32, sigma: f32 }

@group(0) @binding(0) var<storage, read> wz: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> inverse: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> middle: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const TILE: u32 = 16u;

@compute @workgroup_size(TILE, TILE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let quads = params.D / 4u;
  if (id.x >= quads || id.y >= quads) { return; }
  var first = array<vec4f, 4>(vec4f(), vec4f(), vec4f(), vec4f());
  var second = array<vec4f, 4>(vec4f(), vec4f(), vec4f(), vec4f());
  for (var t = 0u; t < params.rank; t++) {
    let wi = wz[t * quads + id.y];
    let wj = wz[t * quads + id.x];
    let zi = wz[(params.rank + t) * quads + id.y];
    let zj = wz[(params.rank + t) * quads + id.x];
    for (var e = 0u; e < 4u; e++) {
      first[e] += wi[e] * wj;
      second[e] += wi[e] * zj + zi[e] * wj;
    }
  }
  for (var e = 0u; e < 4u; e++) {
    let at = (4u * id.y + e) * quads + id.x;
    inverse[at] -= params.sigma * first[e];
    middle[at] -= second[e];
  }
}
