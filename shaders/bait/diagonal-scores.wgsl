// By how much the objective sum F / M falls when sample i is added to a diagonal M (sigma = 1), or minus by how
// much it rises when the sample is removed (sigma = -1):
// scores[base + i] = sigma sum_fk F_fk v / (M_fk (M_fk + sigma v)) with v = x_f^2 a_ik.
// X is [rows, d] as f32 or packed half floats, a is [rows, classes], F and M are [d, classes]; `lanes` threads a row.
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params { rows: u32, base: u32, d: u32, classes: u32, xOffset: u32, sigma: f32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read> information: array<f32>;
@group(0) @binding(3) var<storage, read> matrix: array<f32>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> partial: array<f32, 256>;

// What is left of M is at least this much of it: a member never leaves nothing.
const LEAST = 1e-7;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let lane = thread % lanes;
  let i = (group.y * groups.x + group.x) * (256u / lanes) + thread / lanes;
  var sum = 0.0;
  if (i < params.rows) {
    let at = params.xOffset + i * params.d;
    for (var f = lane; f < params.d; f += lanes) {
      var value = 0.0;
      if (half == 1u) { value = unpack2x16float(x[(at + f) >> 1u])[(at + f) & 1u]; }
      else { value = bitcast<f32>(x[at + f]); }
      let square = value * value;
      for (var k = 0u; k < params.classes; k++) {
        let v = square * squares[i * params.classes + k];
        let m = matrix[f * params.classes + k];
        let after = max(m + params.sigma * v, LEAST * m);
        sum += (information[f * params.classes + k] / m) * (v / after);
      }
    }
  }
  partial[thread] = sum;
  workgroupBarrier();
  for (var width = lanes / 2u; width > 0u; width /= 2u) {
    if (lane < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  if (lane == 0u && i < params.rows) { scores[params.base + i] = params.sigma * partial[thread]; }
}
