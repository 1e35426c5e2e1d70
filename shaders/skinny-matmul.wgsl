// Y = X B^T for at most 4 rows of B: one pass over X at the speed of memory. X is [rows, k] with
// k a multiple of 8, as f32 or packed half floats; B is [columns, k]; Y is [rows, columns].
// `lanes` threads share a row and read it in turns of 16 bytes.
override lanes: u32 = 8u;
override threads: u32 = 256u;
override columns: u32 = 2u;
override half: u32 = 0u;

struct Params { rows: u32, k: u32, xOffset: u32, bOffset: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> partial: array<vec4f, threads>;

fn products(value: vec4f, at: u32, pitch: u32) -> vec4f {
  var sum = vec4f(dot(value, b[at]), 0.0, 0.0, 0.0);
  if (columns > 1u) { sum.y = dot(value, b[at + pitch]); }
  if (columns > 2u) { sum.z = dot(value, b[at + 2u * pitch]); }
  if (columns > 3u) { sum.w = dot(value, b[at + 3u * pitch]); }
  return sum;
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let lane = thread % lanes;
  let row = (group.y * groups.x + group.x) * (threads / lanes) + thread / lanes;
  var sum = vec4f();
  if (row < params.rows) {
    let pitch = params.k / 4u;
    let b0 = params.bOffset / 4u;
    if (half == 1u) {
      let start = (params.xOffset + row * params.k) / 8u;
      for (var v = lane; v < params.k / 8u; v += lanes) {
        let packed = x[start + v];
        let low = vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
        let high = vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w));
        sum += products(low, b0 + 2u * v, pitch) + products(high, b0 + 2u * v + 1u, pitch);
      }
    } else {
      let start = (params.xOffset + row * params.k) / 4u;
      for (var v = lane; v < pitch; v += lanes) {
        sum += products(bitcast<vec4f>(x[start + v]), b0 + v, pitch);
      }
    }
  }
  partial[thread] = sum;
  workgroupBarrier();
  for (var width = lanes / 2u; width > 0u; width /= 2u) {
    if (lane < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  if (row < params.rows) {
    for (var c = lane; c < columns; c += lanes) {
      y[row * columns + c] = partial[thread - lane][c];
    }
  }
}
