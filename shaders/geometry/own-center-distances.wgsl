// distances[base + i] = |x_i - C[:, assignment[base + i]]|^2: how far each row of X is from the center of its own
// cluster. X is [rows, d] as f32 or packed half floats, the centers are the columns of C, [d, clusters]; `lanes`
// threads a row.
override half: u32 = 0u;
override lanes: u32 = 8u;

struct Params { rows: u32, base: u32, d: u32, xOffset: u32, clusters: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> centers: array<f32>;
@group(0) @binding(2) var<storage, read> assignment: array<u32>;
@group(0) @binding(3) var<storage, read_write> distances: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> partial: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let lane = thread % lanes;
  let i = (group.y * groups.x + group.x) * (256u / lanes) + thread / lanes;
  var sum = 0.0;
  if (i < params.rows) {
    let at = params.xOffset + i * params.d;
    let own = assignment[params.base + i];
    for (var f = lane; f < params.d; f += lanes) {
      var value = 0.0;
      if (half == 1u) { value = unpack2x16float(x[(at + f) >> 1u])[(at + f) & 1u]; }
      else { value = bitcast<f32>(x[at + f]); }
      let difference = value - centers[f * params.clusters + own];
      sum += difference * difference;
    }
  }
  partial[thread] = sum;
  workgroupBarrier();
  for (var width = lanes / 2u; width > 0u; width /= 2u) {
    if (lane < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  if (lane == 0u && i < params.rows) { distances[params.base + i] = partial[thread]; }
}
