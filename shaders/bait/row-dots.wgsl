// Q[i, k, l] = Q[i, l, k] = sum_f Y[i, l d + f] X[i, f] for l <= k: the dot products of a sample with
// the first k + 1 class blocks of its row of Y = X B_k, where B is symmetric. X is [rows, d] as f32 or
// packed half floats, Y is [rows, (k + 1) d].
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params { rows: u32, d: u32, classes: u32, k: u32, xOffset: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> q: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let lane = thread % lanes;
  let e = (group.y * groups.x + group.x) * (256u / lanes) + thread / lanes;
  let i = e / (params.k + 1u);
  let l = e % (params.k + 1u);
  var sum = 0.0;
  if (i < params.rows) {
    let at = params.xOffset + i * params.d;
    for (var f = lane; f < params.d; f += lanes) {
      var value = 0.0;
      if (half == 1u) { value = unpack2x16float(x[(at + f) >> 1u])[(at + f) & 1u]; }
      else { value = bitcast<f32>(x[at + f]); }
      sum += y[e * params.d + f] * value;
    }
  }
  partial[thread] = sum;
  workgroupBarrier();
  for (var width = lanes / 2u; width > 0u; width /= 2u) {
    if (lane < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  if (lane == 0u && i < params.rows) {
    q[(i * params.classes + params.k) * params.classes + l] = partial[thread];
    q[(i * params.classes + l) * params.classes + params.k] = partial[thread];
  }
}
