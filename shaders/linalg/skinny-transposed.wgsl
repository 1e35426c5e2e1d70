// S[z] = X_z^T B_z for at most 16 columns of B and the z-th `slice` rows of X [rows, k] and B
// [rows, columns]; X is f32 or packed half floats, k a multiple of 8, B's rows `ldb` apart, a
// multiple of 4. S is [slices, k, columns]. A thread computes four features and all columns, so
// that neighboring threads read neighboring features, and a row of X and B is used 4 x columns
// times.
override half: u32 = 0u;
override threads: u32 = 64u;
override columns: u32 = 2u;

struct Params {
  rows: u32, k: u32, ldb: u32,
  xOffset: u32, bOffset: u32,
  slice: u32, slices: u32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> s: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// part: half-quads
// Four numbers in an array of f32 or packed half floats: elements 4 quad .. 4 quad + 3 of x, an
// array<vec4<u32>>, are quadIn(x[quad >> half], quad). Needs an override half, 1 for half floats.
fn quadIn(words: vec4<u32>, quad: u32) -> vec4f {
  if (half == 0u) { return bitcast<vec4f>(words); }
  let pair = select(words.xy, words.zw, quad % 2u == 1u);
  return vec4f(unpack2x16float(pair.x), unpack2x16float(pair.y));
}
// end of part

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// Features 4 quad .. 4 quad + 3 of a row.
fn features(row: u32, quad: u32) -> vec4f {
  let at = params.xOffset / 4u + row * (params.k / 4u) + quad;
  return quadIn(x[at >> half], at);
}

// The contributions of two rows to four columns.
fn products(first: vec4f, second: vec4f, left: vec4f, right: vec4f) -> mat4x4f {
  return mat4x4f(
    first * left.x + second * right.x,
    first * left.y + second * right.y,
    first * left.z + second * right.z,
    first * left.w + second * right.w);
}

fn store(at: u32, column: u32, sum: vec4f) {
  if (column >= columns) { return; }
  s[at + column] = sum.x;
  s[at + columns + column] = sum.y;
  s[at + 2u * columns + column] = sum.z;
  s[at + 3u * columns + column] = sum.w;
}

fn storeFour(at: u32, column: u32, sums: mat4x4f) {
  store(at, column, sums[0]);
  store(at, column + 1u, sums[1]);
  store(at, column + 2u, sums[2]);
  store(at, column + 3u, sums[3]);
}

@compute @workgroup_size(threads)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let quads = params.k / 4u;
  let e = groupIndex(group, groups) * threads + thread;
  let z = e / quads;
  if (z >= params.slices) { return; }
  let quad = e % quads;
  let end = min(params.rows, (z + 1u) * params.slice);
  let pitch = params.ldb / 4u;
  var sums0 = mat4x4f();
  var sums1 = mat4x4f();
  var sums2 = mat4x4f();
  var sums3 = mat4x4f();
  // Two rows per iteration: 11.6 ms instead of 13.0 for 10,000 x 384 and 10 columns (llvmpipe).
  for (var row = z * params.slice; row < end; row += 2u) {
    let next = min(row + 1u, end - 1u);
    let first = features(row, quad);
    let second = select(vec4f(), features(next, quad), next > row);
    let left = params.bOffset / 4u + row * pitch;
    let right = params.bOffset / 4u + next * pitch;
    sums0 += products(first, second, b[left], b[right]);
    if (columns > 4u) { sums1 += products(first, second, b[left + 1u], b[right + 1u]); }
    if (columns > 8u) { sums2 += products(first, second, b[left + 2u], b[right + 2u]); }
    if (columns > 12u) { sums3 += products(first, second, b[left + 3u], b[right + 3u]); }
  }
  let at = (z * params.k + 4u * quad) * columns;
  storeFour(at, 0u, sums0);
  storeFour(at, 4u, sums1);
  storeFour(at, 8u, sums2);
  storeFour(at, 12u, sums3);
}
