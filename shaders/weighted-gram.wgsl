// S[z] = X^T diag(w) X over the rows of slice z, lower triangle of tiles only. X is [rows, d] as f32
// or packed half floats, w is [rows], S is [slices, d, d]. A workgroup owns a tile of 64 x 64.
override half: u32 = 0u;
const T: u32 = 16u;
const BK: u32 = 16u;

struct Params { rows: u32, d: u32, xOffset: u32, wOffset: u32, rowsPerSlice: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> s: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> left: array<vec4f, T * BK>;
var<workgroup> right: array<vec4f, T * BK>;

fn load(row: u32, column: u32, end: u32) -> vec4f {
  if (row >= end || column >= params.d) { return vec4f(); }
  // d is a multiple of 8, so four neighbouring columns exist together and share their words.
  let at = params.xOffset + row * params.d + column;
  if (half == 1u) {
    return vec4f(unpack2x16float(x[at >> 1u]), unpack2x16float(x[(at >> 1u) + 1u]));
  }
  return bitcast<vec4f>(vec4<u32>(x[at], x[at + 1u], x[at + 2u], x[at + 3u]));
}

@compute @workgroup_size(T, T)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  if (group.x > group.y) { return; }
  let i0 = group.y * 4u * T;
  let j0 = group.x * 4u * T;
  let start = group.z * params.rowsPerSlice;
  let end = min(params.rows, start + params.rowsPerSlice);
  var acc = array<vec4f, 4>(vec4f(), vec4f(), vec4f(), vec4f());
  for (var row0 = start; row0 < end; row0 += BK) {
    let depth = thread / T;
    let quad = thread % T;
    let row = row0 + depth;
    var weight = 0.0;
    if (row < end) { weight = w[params.wOffset + row]; }
    left[thread] = weight * load(row, i0 + 4u * quad, end);
    right[thread] = load(row, j0 + 4u * quad, end);
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
      let l = left[k * T + local.y];
      let r = right[k * T + local.x];
      acc[0] += l.x * r;
      acc[1] += l.y * r;
      acc[2] += l.z * r;
      acc[3] += l.w * r;
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    let row = i0 + 4u * local.y + i;
    for (var j = 0u; j < 4u; j++) {
      let column = j0 + 4u * local.x + j;
      if (row < params.d && column < params.d) {
        s[(group.z * params.d + row) * params.d + column] = acc[i][j];
      }
    }
  }
}
