// Adds a pick with the features x [d] to M_k of each of its classes; one workgroup per class. With
// s the scale of its entry, v = M_k^-1 x unit, z = P_k x unit, c = `candidate`:
//   g = s^2 x . v / unit    h = s^2 x . z / unit    w = sqrt(c / (1 + c g)) s / unit
//   dual row = sqrt(lambda) w v    Z = w z - w v T / 2 with T = c h / (1 + c g), written over z
//   state = [drift of G and H so far, w]
struct Params { top: u32, d: u32, row: u32, unit: f32, candidate: f32, lambda: f32 }

@group(0) @binding(0) var<storage, read> touched: array<u32>;
@group(0) @binding(1) var<storage, read> scales: array<f32>;
@group(0) @binding(2) var<storage, read> forms: array<vec2f>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read> v: array<f32>;
@group(0) @binding(5) var<storage, read_write> z: array<f32>;
@group(0) @binding(6) var<storage, read_write> dual: array<f32>;
@group(0) @binding(7) var<storage, read_write> state: array<vec2f>;
@group(0) @binding(8) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/classes/touched.ts
const TOUCH: u32 = 6u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
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
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let j = groupIndex(group, groups);
  if (j >= params.top) { return; }
  let d = params.d;
  let entry = touched[TOUCH * j + 1u];
  let scale = scales[entry];
  var own = vec2f(0.0);
  for (var f = thread; f < d; f += THREADS) {
    own += x[f] * vec2f(v[j * d + f], z[j * d + f]);
  }
  let square = scale * (scale / params.unit);
  let g = square * sumOver(THREADS, own.x, thread);
  workgroupBarrier();
  let h = square * sumOver(THREADS, own.y, thread);
  let grown = 1.0 + params.candidate * max(g, 0.0);
  let factor = sqrt(params.candidate / grown) * scale / params.unit;
  let tail = 0.5 * params.candidate * h / grown;
  if (thread == 0u) {
    var total = 0.0;
    for (var i = 0u; i < params.top; i++) { total += forms[touched[TOUCH * i + 1u]].y; }
    let known = forms[entry];
    let drift = max(params.candidate * abs(known.x - g) / grown,
      abs(known.y - h) / max(total, 1e-30));
    state[j] = vec2f(max(state[j].x, drift), factor);
  }
  for (var f = thread; f < d; f += THREADS) {
    let value = v[j * d + f];
    dual[(params.row + j) * d + f] = sqrt(params.lambda) * factor * value;
    z[j * d + f] = factor * (z[j * d + f] - tail * value);
  }
}
