// For the entries e of each class of a pick, y_e = s_e x_e . v_j, and slices of
// F_k v_j = sum_e y_e s_e x_e, of those samples that are in this block of `rows` rows from `base`
// on. X is [rows, d] as f32 or packed half floats, y is [top, most], parts is [top, slices, d]. One
// workgroup per slice and class: ROW_LANES threads share an entry of y, and then every thread sums
// four columns over a part of the entries.
override half: u32 = 0u;

struct Params {
  top: u32, d: u32, base: u32, rows: u32,
  most: u32, sliceRows: u32, firstSlice: u32, slices: u32,
}

@group(0) @binding(0) var<storage, read> touched: array<u32>;
@group(0) @binding(1) var<storage, read> samples: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> v: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> parts: array<vec4f>;
@group(0) @binding(7) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/classes/touched.ts
const TOUCH: u32 = 6u;
const ROW_LANES: u32 = 8u;
const GROUP_ROWS: u32 = 32u;

var<workgroup> products: array<f32, THREADS>;
var<workgroup> totals: array<vec4f, THREADS>;

// part: half-quads
// Four numbers in an array of f32 or packed half floats: elements 4 quad .. 4 quad + 3 of x, an
// array<vec4<u32>>, are quadIn(x[quad >> half], quad). Needs an override half, 1 for half floats.
fn quadIn(words: vec4<u32>, quad: u32) -> vec4f {
  if (half == 0u) { return bitcast<vec4f>(words); }
  let pair = select(words.xy, words.zw, quad % 2u == 1u);
  return vec4f(unpack2x16float(pair.x), unpack2x16float(pair.y));
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let j = group.y;
  let quads = params.d / 4u;
  let start = touched[TOUCH * j + 2u];
  let count = touched[TOUCH * j + 3u] - start;
  let begin = group.x * params.sliceRows;
  let end = min(count, begin + params.sliceRows);
  let lane = thread % ROW_LANES;
  for (var first = begin; first < end; first += GROUP_ROWS) {
    let r = first + thread / ROW_LANES;
    var row = 0u;
    var mine = false;
    if (r < end) {
      row = samples[start + r] - params.base;
      mine = row < params.rows;
    }
    var sum = 0.0;
    if (mine) {
      for (var c = lane; c < quads; c += ROW_LANES) {
        let at = row * quads + c;
        sum += dot(quadIn(x[at >> half], at), v[j * quads + c]);
      }
    }
    products[thread] = sum;
    workgroupBarrier();
    if (lane == 0u && mine) {
      for (var e = 1u; e < ROW_LANES; e++) { sum += products[thread + e]; }
      y[j * params.most + r] = scales[start + r] * sum;
    }
    workgroupBarrier();
  }
  storageBarrier();
  // The threads that share a sum: THREADS / span of them.
  var span = 1u;
  while (span < quads && span < THREADS) { span *= 2u; }
  let out = (j * params.slices + params.firstSlice + group.x) * quads;
  for (var tile = 0u; tile < quads; tile += span) {
    let c = tile + thread % span;
    var sum = vec4f(0.0);
    if (c < quads) {
      for (var r = begin + thread / span; r < end; r += THREADS / span) {
        let row = samples[start + r] - params.base;
        if (row < params.rows) {
          let at = row * quads + c;
          sum += scales[start + r] * y[j * params.most + r] * quadIn(x[at >> half], at);
        }
      }
    }
    totals[thread] = sum;
    workgroupBarrier();
    if (thread < span && c < quads) {
      for (var e = thread + span; e < THREADS; e += span) { sum += totals[e]; }
      parts[out + c] = sum;
    }
    workgroupBarrier();
  }
}
