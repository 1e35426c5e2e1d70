// G_e -= a^2 and H_e -= 2 a s_e x_e . Z_j with a = w_j y_e, for the entries e of each class of a
// pick whose samples are in this block of `rows` rows from `base` on. X is [rows, d] as f32 or
// packed half floats, y is [top, most], state holds [drift, w]. ROW_LANES threads share an entry.
override half: u32 = 0u;

struct Params { top: u32, d: u32, base: u32, rows: u32, most: u32 }

@group(0) @binding(0) var<storage, read> touched: array<u32>;
@group(0) @binding(1) var<storage, read> samples: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<u32>;
@group(0) @binding(4) var<storage, read> z: array<f32>;
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
  let lane = thread % ROW_LANES;
  let r = group.x * GROUP_ROWS + thread / ROW_LANES;
  var row = 0u;
  var mine = false;
  if (r < count) {
    row = samples[start + r];
    mine = row >= params.base && row < params.base + params.rows;
  }
  var sum = 0.0;
  if (mine) {
    let at = (row - params.base) * d;
    for (var f = lane; f < d; f += ROW_LANES) {
      sum += numberIn(x[(at + f) >> half], at + f) * z[j * d + f];
    }
  }
  let product = sumOver(ROW_LANES, sum, thread);
  if (lane == 0u && mine) {
    let a = state[j].y * y[j * params.most + r];
    forms[start + r] -= vec2f(a * a, 2.0 * a * scales[start + r] * product);
  }
}
