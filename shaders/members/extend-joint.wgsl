// Extends every configuration of classes by one more sample, exactly. Configuration c has the
// probability s[c] and the posterior w[m, c] of each member; with class k of the sample it becomes
// c classes + k, with the probability s[c] r for r = sum_m w[m, c] p_m(k), and the posterior
// w[m, c] p_m(k) / r.
// `sample` is [members, width].
struct Params {
  members: u32, classes: u32, width: u32,
  configurations: u32, stride: u32, outStride: u32,
}

@group(0) @binding(0) var<storage, read> sample: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> shares: array<f32>;
@group(0) @binding(3) var<storage, read_write> outWeights: array<f32>;
@group(0) @binding(4) var<storage, read_write> outShares: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/members/joint.ts
const LEAST_PROBABILITY: f32 = 1e-37;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * ROW_THREADS + thread;
  if (e >= params.configurations * params.classes) { return; }
  let c = e / params.classes;
  let k = e % params.classes;
  var r = 0.0;
  for (var m = 0u; m < params.members; m++) {
    r += weights[m * params.stride + c] * sample[m * params.width + k];
  }
  for (var m = 0u; m < params.members; m++) {
    let joint = weights[m * params.stride + c] * sample[m * params.width + k];
    // If the class has probability 0, so does the configuration, and its weights do not matter.
    outWeights[m * params.outStride + e] = joint / max(r, LEAST_PROBABILITY);
  }
  outShares[e] = shares[c] * r;
}
