// G_e -= a^2 and H_e -= 2 a s_e x_e . Z_j with a = w_j y_e, for the entries e of each class of a
// pick whose samples are in this block of `rows` rows from `base` on. X is [rows, d] as f32 or
// packed half floats, y is [top, most], state holds [drift, w]. ROW_LANES threads share an entry.
override half: u32 = 0u;

struct Params { top: u32, d: u32, base: u32, rows: u32, most: u32 }

@group(0) @binding(0) var<storage, read> touched: array<u32>;
@group(0) @binding(1) var<storage, read> samples: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> z: array<vec4f>;
@group(0) @binding(5) var<storage, read> y: array<f32>;
@group(0) @binding(6) var<storage, read> state: array<vec2f>;
@group(0) @binding(7) var<storage, read_write> forms: array<vec2f>;
@group(0) @binding(8) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/classes/touched.ts
const TOUCH: u32 = 6u;
const ROW_LANES: u32 = 8u;
const GROUP_ROWS: u32 = 32u;

// part: half-quads
// Four numbers in an array of f32 or packed half floats: elements 4 quad .. 4 quad + 3 of x, an
// array<vec4<u32>>, are quadIn(x[quad >> half], quad). Needs an override half, 1 for half floats.
fn quadIn(words: vec4<u32>, quad: u32) -> vec4f {
  if (half == 0u) { return bitcast<vec4f>(words); }
  let pair = select(words.xy, words.zw, quad % 2u == 1u);
  return vec4f(unpack2x16float(pair.x), unpack2x16float(pair.y));
}
// end of part

var<workgroup> products: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let j = group.y;
  let quads = params.d / 4u;
  let start = touched[TOUCH * j + 2u];
  let count = touched[TOUCH * j + 3u] - start;
  let lane = thread % ROW_LANES;
  let r = group.x * GROUP_ROWS + thread / ROW_LANES;
  var row = 0u;
  var mine = false;
  if (r < count) {
    row = samples[start + r] - params.base;
    mine = row < params.rows;
  }
  var sum = 0.0;
  if (mine) {
    for (var c = lane; c < quads; c += ROW_LANES) {
      let at = row * quads + c;
      sum += dot(quadIn(x[at >> half], at), z[j * quads + c]);
    }
  }
  products[thread] = sum;
  workgroupBarrier();
  if (lane == 0u && mine) {
    for (var e = 1u; e < ROW_LANES; e++) { sum += products[thread + e]; }
    let a = state[j].y * y[j * params.most + r];
    forms[start + r] -= vec2f(a * a, 2.0 * a * scales[start + r] * sum);
  }
}
