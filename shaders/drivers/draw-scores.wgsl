// scores[i] = gamma ln(state[i]) - ln(E_i) with E_i exponential, from a hash of i and the key: the
// arg-max is a draw of one sample in proportion to state^gamma (an exponential race). Samples of
// state 0 are drawn after all others.
struct Params { size: u32, key: u32, gamma: f32 }

@group(0) @binding(0) var<storage, read> state: array<f32>;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/drivers/draw-scores.ts
const LOWEST_DRAW: f32 = -3e38;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: counter-hash
// A random 32-bit word for each counter and key; the same as in src/random/counter-hash.ts, which
// names the source.
fn pcg(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

fn counterHash(counter: u32, key: u32) -> u32 {
  return pcg(pcg(counter ^ key) + key);
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * THREADS + thread;
  if (i >= params.size) { return; }
  // 24 bits, which f32 can represent; v is neither 0 nor 1.
  let v = min((f32(counterHash(i, params.key) >> 8u) + 0.5) / 16777216.0, 0.99999994);
  // -ln(1 - v). The smallest values win, and for small v the logarithm near 1 would be inexact.
  var exponential = -log(1.0 - v);
  if (v < 0.015625) {
    exponential = v * (1.0 + v * (0.5 + v * (1.0 / 3.0 + v * (0.25 + v * 0.2))));
  }
  if (state[i] > 0.0) { scores[i] = params.gamma * log(state[i]) - log(exponential); }
  else { scores[i] = LOWEST_DRAW; }
}
