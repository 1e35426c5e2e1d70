// Extends every drawn configuration of classes by one more sample: its class k is drawn with
// probability r_k = sum_m w[m, c] p_m(k) by the hash of c and the key, and the posterior of the
// members becomes w[m, c] p_m(k) / r_k. `sample` is [members, width], `weights` [members, stride].
// One thread per configuration.
struct Params {
  members: u32, classes: u32, width: u32,
  configurations: u32, stride: u32, key: u32,
}

@group(0) @binding(0) var<storage, read> sample: array<f32>;
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/members/joint.ts
const LEAST_PROBABILITY: f32 = 1e-37;

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

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let c = groupIndex(group, groups) * ROW_THREADS + thread;
  if (c >= params.configurations) { return; }
  let chance = f32(counterHash(c, params.key) >> 8u) / 16777216.0;
  var drawn = 0u;
  var probability = 0.0;
  var below = 0.0;
  // If the probabilities sum to less than 1 by rounding, the last class with a positive one is
  // drawn.
  for (var k = 0u; k < params.classes && below <= chance; k++) {
    var r = 0.0;
    for (var m = 0u; m < params.members; m++) {
      r += weights[m * params.stride + c] * sample[m * params.width + k];
    }
    below += r;
    if (r > 0.0) {
      drawn = k;
      probability = r;
    }
  }
  for (var m = 0u; m < params.members; m++) {
    let at = m * params.stride + c;
    weights[at] = weights[at] * sample[m * params.width + drawn] / max(probability, LEAST_PROBABILITY);
  }
}
