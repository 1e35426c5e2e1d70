// The first dispatch of a pick of rank 1: the best sample s of the pool, and if it is in this
// segment W = M^-1 v / L and Z = P v / L - W T / 2, with v = w_s x_s, L^2 = 1 + G_s and
// T = H_s / L^2. The scores [count] are followed by a record of each tile, of its best sample:
// [score, place in the tile, G, w]; of equal scores the lowest index wins. The score is T.
override half: u32 = 0u;

struct Params { count: u32, step: u32, base: u32, rows: u32, offset: u32, d: u32 }

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> features: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> inverse: array<vec4f>;
@group(0) @binding(3) var<storage, read> middle: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> pick: array<f32>;
@group(0) @binding(5) var<storage, read_write> picks: array<u32>;
@group(0) @binding(6) var<storage, read_write> wz: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

// constants from src/kernels/bait/pick.ts
const PICK_HEADER: u32 = 8u;
const PICKED: f32 = -3.4e38;
const LEAST_FORM: f32 = 1e-7;
const TILE_ROWS: u32 = 256u;
// constants from src/kernels/bait/project-best.ts
const PROJECTED_ROWS: u32 = 8u;

const THREADS: u32 = 128u;
// The threads that share a row of M^-1 and of P.
const LANES: u32 = THREADS / PROJECTED_ROWS;
const NONE: u32 = 0xffffffffu;

var<workgroup> left: array<f32, THREADS>;
var<workgroup> right: array<f32, THREADS>;

// part: half-quads
// Four numbers in an array of f32 or packed half floats: elements 4 quad .. 4 quad + 3 of x, an
// array<vec4<u32>>, are quadIn(x[quad >> half], quad). Needs an override half, 1 for half floats.
fn quadIn(words: vec4<u32>, quad: u32) -> vec4f {
  if (half == 0u) { return bitcast<vec4f>(words); }
  let pair = select(words.xy, words.zw, quad % 2u == 1u);
  return vec4f(unpack2x16float(pair.x), unpack2x16float(pair.y));
}
// end of part

// part: best-of
// The maximum of one value per thread, and its index; of equal values the lowest index wins. The
// result is in best[0] and at[0]. All threads of the workgroup must call findBest. Needs THREADS, a
// power of two.
var<workgroup> best: array<f32, THREADS>;
var<workgroup> at: array<u32, THREADS>;

fn isBetter(value: f32, index: u32, other: f32, otherIndex: u32) -> bool {
  return value > other || (value == other && index < otherIndex);
}

fn findBest(value: f32, index: u32, thread: u32) {
  best[thread] = value;
  at[thread] = index;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    if (thread < width) {
      let other = thread + width;
      if (isBetter(best[other], at[other], best[thread], at[thread])) {
        best[thread] = best[other];
        at[thread] = at[other];
      }
    }
    workgroupBarrier();
  }
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var score = PICKED;
  var tile = NONE;
  for (var g = thread; g * TILE_ROWS < params.count; g += THREADS) {
    let value = scores[params.count + 4u * g];
    if (isBetter(value, g, score, tile)) { score = value; tile = g; }
  }
  findBest(score, tile, thread);
  tile = workgroupUniformLoad(&at[0]);
  let record = params.count + 4u * tile;
  let s = tile * TILE_ROWS + u32(scores[record + 1u]) - params.base;
  // Beyond the segment on either side.
  if (s >= params.rows) { return; }

  let quads = params.d / 4u;
  let first = (params.offset + s * params.d) / 4u;
  let row = group.x * PROJECTED_ROWS + thread / LANES;
  var a = 0.0;
  var b = 0.0;
  if (row < params.d) {
    for (var v = thread % LANES; v < quads; v += LANES) {
      let x = quadIn(features[(first + v) >> half], first + v);
      a += dot(inverse[row * quads + v], x);
      b += dot(middle[row * quads + v], x);
    }
  }
  left[thread] = a;
  right[thread] = b;
  workgroupBarrier();
  if (thread % LANES != 0u || row >= params.d) { return; }
  for (var lane = 1u; lane < LANES; lane++) {
    a += left[thread + lane];
    b += right[thread + lane];
  }
  let lower = sqrt(max(1.0 + scores[record + 2u], LEAST_FORM));
  let scale = scores[record + 3u] / lower;
  let inner = scores[record];
  wz[row] = scale * a;
  wz[params.d + row] = scale * (b - 0.5 * a * inner);
  if (row == 0u) {
    let innerAt = PICK_HEADER + params.d + 1u;
    picks[params.step] = s + params.base;
    pick[innerAt] = inner;
    pick[innerAt + 1u] = lower;
    pick[innerAt + 2u + params.step] = inner;
  }
}
