// Y = X B^T for at most 16 rows of B: X is read once, and each value of B that is read is used for
// four rows of X. X is [rows, k] with k a multiple of 8, as f32 or packed half floats; B is
// [columns, k]; Y is [rows, columns], its rows `ldy` apart. `lanes` threads share four rows and
// read 16 bytes of each at a time.
override lanes: u32 = 8u;
override threads: u32 = 64u;
override columns: u32 = 2u;
override half: u32 = 0u;

struct Params { rows: u32, k: u32, xOffset: u32, bOffset: u32, yOffset: u32, ldy: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// The sums of four rows for a column, one entry per thread.
var<workgroup> partial: array<vec4f, threads * columns>;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// Four columns from `first` on: each column of the result holds the products of four rows of X (the
// columns of `rows`) with one row of B. The loop is unrolled by hand: a private array with a loop
// counter as index may be placed in memory, and these sums must stay in registers.
fn four(first: u32, rows: mat4x4f, at: u32) -> mat4x4f {
  let pitch = params.k / 4u;
  let start = at + first * pitch;
  var sums = mat4x4f();
  if (columns > first) { sums[0] = b[start] * rows; }
  if (columns > first + 1u) { sums[1] = b[start + pitch] * rows; }
  if (columns > first + 2u) { sums[2] = b[start + 2u * pitch] * rows; }
  if (columns > first + 3u) { sums[3] = b[start + 3u * pitch] * rows; }
  return sums;
}

fn share(first: u32, thread: u32, sums: mat4x4f) {
  if (columns > first) { partial[first * threads + thread] = sums[0]; }
  if (columns > first + 1u) { partial[(first + 1u) * threads + thread] = sums[1]; }
  if (columns > first + 2u) { partial[(first + 2u) * threads + thread] = sums[2]; }
  if (columns > first + 3u) { partial[(first + 3u) * threads + thread] = sums[3]; }
}

fn unpack(low: u32, high: u32) -> vec4f {
  return vec4f(unpack2x16float(low), unpack2x16float(high));
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let lane = thread % lanes;
  let row = 4u * (groupIndex(group, groups) * (threads / lanes) + thread / lanes);
  var sums0 = mat4x4f();
  var sums1 = mat4x4f();
  var sums2 = mat4x4f();
  var sums3 = mat4x4f();
  if (row < params.rows) {
    // 16 bytes are four features in f32, or eight half floats.
    let steps = select(params.k / 4u, params.k / 8u, half == 1u);
    let x0 = params.xOffset / select(4u, 8u, half == 1u);
    // Beyond the last row the last one is read again, and its result is not stored.
    let last = params.rows - 1u;
    let row0 = x0 + row * steps;
    let row1 = x0 + min(row + 1u, last) * steps;
    let row2 = x0 + min(row + 2u, last) * steps;
    let row3 = x0 + min(row + 3u, last) * steps;
    for (var v = lane; v < steps; v += lanes) {
      let p = x[row0 + v];
      let q = x[row1 + v];
      let r = x[row2 + v];
      let s = x[row3 + v];
      var at = params.bOffset / 4u + v;
      var rows = mat4x4f(
        bitcast<vec4f>(p), bitcast<vec4f>(q), bitcast<vec4f>(r), bitcast<vec4f>(s));
      if (half == 1u) {
        at += v;
        rows = mat4x4f(unpack(p.z, p.w), unpack(q.z, q.w), unpack(r.z, r.w), unpack(s.z, s.w));
        sums0 += four(0u, rows, at + 1u);
        if (columns > 4u) { sums1 += four(4u, rows, at + 1u); }
        if (columns > 8u) { sums2 += four(8u, rows, at + 1u); }
        if (columns > 12u) { sums3 += four(12u, rows, at + 1u); }
        rows = mat4x4f(unpack(p.x, p.y), unpack(q.x, q.y), unpack(r.x, r.y), unpack(s.x, s.y));
      }
      sums0 += four(0u, rows, at);
      if (columns > 4u) { sums1 += four(4u, rows, at); }
      if (columns > 8u) { sums2 += four(8u, rows, at); }
      if (columns > 12u) { sums3 += four(12u, rows, at); }
    }
  }
  share(0u, thread, sums0);
  share(4u, thread, sums1);
  share(8u, thread, sums2);
  share(12u, thread, sums3);
  workgroupBarrier();
  if (row >= params.rows) { return; }
  for (var c = lane; c < columns; c += lanes) {
    var sum = vec4f();
    for (var l = 0u; l < lanes; l++) { sum += partial[c * threads + thread - lane + l]; }
    let at = params.yOffset + row * params.ldy + c;
    y[at] = sum.x;
    if (row + 1u < params.rows) { y[at + params.ldy] = sum.y; }
    if (row + 2u < params.rows) { y[at + 2u * params.ldy] = sum.z; }
    if (row + 3u < params.rows) { y[at + 3u * params.ldy] = sum.w; }
  }
}
