// How much nearer a row of X is to one mean than to the farthest of others:
// scores[base + i] = -|x_i - mu_0|^2 / max_(c > 0) |x_i - mu_c|^2, the best score being the highest. Means are
// [1 + others, d], X is [rows, d] as f32 or packed half floats; `lanes` threads a row.
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params { rows: u32, base: u32, d: u32, others: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> means: array<f32>;
@group(0) @binding(2) var<storage, read_write> scores: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let lane = thread % lanes;
  let i = (group.y * groups.x + group.x) * (256u / lanes) + thread / lanes;
  var near = 0.0;
  var far = 0.0;
  for (var c = 0u; c <= params.others; c++) {
    var sum = 0.0;
    if (i < params.rows) {
      for (var f = lane; f < params.d; f += lanes) {
        let at = i * params.d + f;
        var value = 0.0;
        if (half == 1u) { value = unpack2x16float(x[at >> 1u])[at & 1u]; }
        else { value = bitcast<f32>(x[at]); }
        let difference = value - means[c * params.d + f];
        sum += difference * difference;
      }
    }
    partial[thread] = sum;
    workgroupBarrier();
    for (var width = lanes / 2u; width > 0u; width /= 2u) {
      if (lane < width) { partial[thread] += partial[thread + width]; }
      workgroupBarrier();
    }
    if (c == 0u) { near = partial[thread]; }
    else { far = max(far, partial[thread]); }
    workgroupBarrier();
  }
  if (lane == 0u && i < params.rows) {
    var ratio = 3e38;
    if (near == 0.0) { ratio = 0.0; }
    else if (far > 0.0) { ratio = min(near / far, 3e38); }
    scores[params.base + i] = -ratio;
  }
}
