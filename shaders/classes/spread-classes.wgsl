// For the entries e of each class of a pick, y_e = s_e x_e . v_j, and slices of
// F_k v_j = sum_e y_e s_e x_e, of those samples that are in this block of `rows` rows from `base`
// on. X is [rows, d] as f32 or packed half floats, y is [top, most], parts is [top, slices, d]. One
// workgroup per slice and class, which takes GROUP_ROWS entries at a time.
override half: u32 = 0u;

struct Params {
  top: u32, d: u32, base: u32, rows: u32,
  most: u32, sliceRows: u32, firstSlice: u32, slices: u32,
}

@group(0) @binding(0) var<storage, read> touched: array<u32>;
@group(0) @binding(1) var<storage, read> samples: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<u32>;
@group(0) @binding(4) var<storage, read> v: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> parts: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/classes/touched.ts
const TOUCH: u32 = 6u;
const ROW_LANES: u32 = 8u;
const GROUP_ROWS: u32 = 32u;

const NONE: u32 = 0xffffffffu;

var<workgroup> shares: array<f32, GROUP_ROWS>;
var<workgroup> places: array<u32, GROUP_ROWS>;

// part: half-numbers
// A number in an array of f32 or packed half floats: element `at` of x, an array<u32>, is
// numberIn(x[at >> half], at). Needs an override half, 1 for half floats.
fn numberIn(word: u32, at: u32) -> f32 {
  if (half == 1u) { return unpack2x16float(word)[at & 1u]; }
  return bitcast<f32>(word);
}
// end of part

// part: sum-over
// The sum of one value per thread over `count` consecutive threads, which all of them receive;
// `count` is a power of two that divides THREADS. All threads of the workgroup must call sumOver,
// and there must be a barrier between two calls. Needs THREADS.
var<workgroup> partial: array<f32, THREADS>;

fn sumOver(count: u32, value: f32, thread: u32) -> f32 {
  let place = thread % count;
  partial[thread] = value;
  workgroupBarrier();
  for (var width = count / 2u; width > 0u; width /= 2u) {
    if (place < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  return partial[thread - place];
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let j = group.y;
  let d = params.d;
  let start = touched[TOUCH * j + 2u];
  let count = touched[TOUCH * j + 3u] - start;
  let out = (j * params.slices + params.firstSlice + group.x) * d;
  for (var f = thread; f < d; f += THREADS) { parts[out + f] = 0.0; }
  let lane = thread % ROW_LANES;
  let place = thread / ROW_LANES;
  let end = min(count, (group.x + 1u) * params.sliceRows);
  for (var first = group.x * params.sliceRows; first < end; first += GROUP_ROWS) {
    let r = first + place;
    var at = NONE;
    if (r < end) {
      let row = samples[start + r];
      if (row >= params.base && row < params.base + params.rows) { at = (row - params.base) * d; }
    }
    var sum = 0.0;
    if (at != NONE) {
      for (var f = lane; f < d; f += ROW_LANES) {
        sum += numberIn(x[(at + f) >> half], at + f) * v[j * d + f];
      }
    }
    let product = sumOver(ROW_LANES, sum, thread);
    if (lane == 0u) {
      places[place] = at;
      shares[place] = 0.0;
      if (at != NONE) {
        let scale = scales[start + r];
        y[j * params.most + r] = scale * product;
        shares[place] = scale * scale * product;
      }
    }
    workgroupBarrier();
    for (var f = thread; f < d; f += THREADS) {
      var total = parts[out + f];
      for (var e = 0u; e < GROUP_ROWS; e++) {
        let row = places[e];
        if (row != NONE) { total += shares[e] * numberIn(x[(row + f) >> half], row + f); }
      }
      parts[out + f] = total;
    }
    workgroupBarrier();
  }
}
