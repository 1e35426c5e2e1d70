// out[i, f] = kept x[i, f] scale: inverted dropout of features, X [rows, d] as f32 or packed half
// floats, out as f32. A feature is kept if the hash of the key and its index in the whole pool,
// (base + i) d + f, or with `alike` of f alone, is at least `threshold`.
override half: u32 = 0u;

struct Params {
  rows: u32, base: u32, d: u32, xOffset: u32,
  key: u32, threshold: u32, scale: f32, alike: u32,
}

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// part: half-numbers
// A number in an array of f32 or packed half floats: element `at` of x, an array<u32>, is
// numberIn(x[at >> half], at). Needs an override half, 1 for half floats.
fn numberIn(word: u32, at: u32) -> f32 {
  if (half == 1u) { return unpack2x16float(word)[at & 1u]; }
  return bitcast<f32>(word);
}
// end of part

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
  let e = groupIndex(group, groups) * THREADS + thread;
  if (e >= params.rows * params.d) { return; }
  let at = params.xOffset + e;
  let value = numberIn(x[at >> half], at);
  // The index wraps around for large pools, as in the CPU twin.
  var counter = params.base * params.d + e;
  if (params.alike == 1u) { counter = e % params.d; }
  let kept = counterHash(counter, params.key) >= params.threshold;
  out[e] = select(0.0, value * params.scale, kept);
}
