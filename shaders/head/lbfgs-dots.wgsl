// The dot products that a step of L-BFGS may need; a workgroup computes one row of the result for
// one chunk of the vectors. With x and g the iterate and its gradient (in `work`), t and v the
// trial point and its gradient, e = t - x and w = v - g:
//   row j < history:  v.s_j  v.y_j  e.y_j  w.s_j  w.y_j  0    0    0
//   row history:      v.e    g.e    w.e    w.w    v.w    e.e  v.v  max |v|
// e and w are computed element by element: differences of dot products would suffer cancellation.
override history: u32 = 10u;

struct Params { size: u32, chunk: u32 }

@group(0) @binding(0) var<storage, read> state: array<f32>;
@group(0) @binding(1) var<storage, read> trial: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> work: array<f32>;
@group(0) @binding(4) var<storage, read> s: array<f32>;
@group(0) @binding(5) var<storage, read> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> dots: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

// constants from src/kernels/head/lbfgs.ts
const DOTS: u32 = 8u;

// constants of State from src/kernels/head/lbfgs.ts
const STATUS: u32 = 0u;
const PAIRS: u32 = 12u;

const THREADS: u32 = 256u;

var<workgroup> first: array<vec4f, THREADS>;
var<workgroup> second: array<vec4f, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.y;
  if (state[STATUS] != 0.0) { return; }
  if (row < history && row >= u32(state[PAIRS])) { return; }
  let size = params.size;
  let start = group.x * params.chunk;
  let end = min(size, start + params.chunk);
  var a = vec4f();
  var b = vec4f();
  for (var i = start + thread; i < end; i += THREADS) {
    let v = gradient[i];
    let g = work[size + i];
    let e = trial[i] - work[i];
    let w = v - g;
    if (row < history) {
      let sj = s[row * size + i];
      let yj = y[row * size + i];
      a += vec4f(v * sj, v * yj, e * yj, w * sj);
      b.x += w * yj;
    } else {
      a += vec4f(v * e, g * e, w * e, w * w);
      b = vec4f(b.xyz + vec3f(v * w, e * e, v * v), max(b.w, abs(v)));
    }
  }
  first[thread] = a;
  second[thread] = b;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    if (thread < width) {
      let other = second[thread + width];
      let mine = second[thread];
      first[thread] += first[thread + width];
      second[thread] = vec4f(mine.xyz + other.xyz, max(mine.w, other.w));
    }
    workgroupBarrier();
  }
  if (thread < DOTS) {
    let at = (group.x * (history + 1u) + row) * DOTS + thread;
    if (thread < 4u) { dots[at] = first[0][thread]; } else { dots[at] = second[0][thread - 4u]; }
  }
}
