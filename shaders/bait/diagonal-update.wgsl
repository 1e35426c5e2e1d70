// M_fk += sigma x_f^2 a_k for one sample; M is [d, classes].
struct Params { d: u32, classes: u32, sigma: f32 }

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read_write> matrix: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/bait/diagonal.ts
const LEAST_SHARE: f32 = 1e-7;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * THREADS + thread;
  if (e >= params.d * params.classes) { return; }
  let value = x[e / params.classes];
  let after = matrix[e] + params.sigma * value * value * squares[e % params.classes];
  matrix[e] = max(after, LEAST_SHARE * matrix[e]);
}
