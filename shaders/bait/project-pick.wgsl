// W = M^-1 V_s L^-T and Z = sigma P V_s L^-T - W T / 2, each [r, D] (transposed), one workgroup per
// row of M^-1 and P. With V_s = x_s (x) A_s a row costs D multiplications, not D r: first its K dot
// products with x_s, then the small factor A' = A_s L^-T.
override rank: u32 = 1u;
override classes: u32 = 1u;
override lanes: u32 = 64u;

struct Params { D: u32, d: u32, sigma: f32 }

@group(0) @binding(0) var<storage, read> inverse: array<vec4f>;
@group(0) @binding(1) var<storage, read> middle: array<vec4f>;
@group(0) @binding(2) var<storage, read> pick: array<f32>;
@group(0) @binding(3) var<storage, read_write> wz: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/bait/pick.ts
const PICK_HEADER: u32 = 8u;

const THREADS: u32 = 64u;

var<workgroup> left: array<f32, classes * lanes>;
var<workgroup> right: array<f32, classes * lanes>;
var<workgroup> w: array<f32, rank>;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let row = groupIndex(group, groups);
  if (row >= params.D) { return; }
  let lane = thread % lanes;
  let quads = params.d / 4u;
  for (var k = thread / lanes; k < classes; k += THREADS / lanes) {
    let start = (row * params.D + k * params.d) / 4u;
    var a = 0.0;
    var b = 0.0;
    for (var v = lane; v < quads; v += lanes) {
      let x = PICK_HEADER + 4u * v;
      let value = vec4f(pick[x], pick[x + 1u], pick[x + 2u], pick[x + 3u]);
      a += dot(inverse[start + v], value);
      b += dot(middle[start + v], value);
    }
    left[k * lanes + lane] = a;
    right[k * lanes + lane] = b;
  }
  workgroupBarrier();
  for (var k = thread; k < classes; k += THREADS) {
    var a = 0.0;
    var b = 0.0;
    for (var e = k * lanes; e < (k + 1u) * lanes; e++) {
      a += left[e];
      b += right[e];
    }
    left[k * lanes] = a;
    right[k * lanes] = b;
  }
  workgroupBarrier();
  let factorAt = PICK_HEADER + params.d;
  for (var t = thread; t < rank; t += THREADS) {
    var sum = 0.0;
    for (var k = 0u; k < classes; k++) { sum += left[k * lanes] * pick[factorAt + k * rank + t]; }
    w[t] = sum;
    wz[t * params.D + row] = sum;
  }
  workgroupBarrier();
  let innerAt = factorAt + classes * rank;
  for (var t = thread; t < rank; t += THREADS) {
    var q = 0.0;
    for (var k = 0u; k < classes; k++) { q += right[k * lanes] * pick[factorAt + k * rank + t]; }
    var wt = 0.0;
    for (var u = 0u; u < rank; u++) { wt += w[u] * pick[innerAt + u * rank + t]; }
    wz[(rank + t) * params.D + row] = params.sigma * q - 0.5 * wt;
  }
}
