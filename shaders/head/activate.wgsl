// z[i, j] += bias[j]; a[i, j] = keep act(z[i, j]) scale, rows of `width` elements, `stride` apart.
// A unit is kept if the hash of its position and the key is at least `threshold` (inverted
// dropout).
override activation: u32 = 0u;

struct Params {
  rows: u32, width: u32, stride: u32,
  biasOffset: u32, outOffset: u32,
  key: u32, threshold: u32, scale: f32,
}

@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read_write> z: array<f32>;
@group(0) @binding(2) var<storage, read_write> a: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants of Activations from src/kernels/head/activate.ts
const RELU: u32 = 1u;
const GELU: u32 = 2u;

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

// part: normal-cdf
// The standard normal distribution function, within 1e-7 (Abramowitz & Stegun 1964, 7.1.26).
fn normalCdf(v: f32) -> f32 {
  let x = min(abs(v) * 0.70710678, 9.0);
  let t = 1.0 / (1.0 + 0.3275911 * x);
  let poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 +
    t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * poly * exp(-x * x);
  return select(tail, 1.0 - tail, v >= 0.0);
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * THREADS + thread;
  if (e >= params.rows * params.width) { return; }
  let column = e % params.width;
  let at = (e / params.width) * params.stride + column;
  let value = z[at] + parameters[params.biasOffset + column];
  z[at] = value;
  var result = value;
  if (activation == RELU) { result = max(value, 0.0); }
  if (activation == GELU) { result = value * normalCdf(value); }
  let kept = counterHash(e, params.key) >= params.threshold;
  a[params.outOffset + at] = select(0.0, result * params.scale, kept);
}
