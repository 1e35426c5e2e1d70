// C = alpha sum_z S[z] + beta C: sums the slices of a split-K matrix product. S is [slices, m, n].
struct Params { m: u32, n: u32, slices: u32, ldc: u32, cOffset: u32, alpha: f32, beta: f32 }

@group(0) @binding(0) var<storage, read> s: array<f32>;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * THREADS + thread;
  let size = params.m * params.n;
  if (e >= size) { return; }
  var sum = 0.0;
  for (var z = 0u; z < params.slices; z++) { sum += s[z * size + e]; }
  let at = params.cOffset + (e / params.n) * params.ldc + e % params.n;
  var value = params.alpha * sum;
  if (params.beta != 0.0) { value += params.beta * c[at]; }
  c[at] = value;
}
