// squares[i, k] = sum_j A_i[k, j]^2 with A[k, j] = w_j ([k = c_j] - p_k): the factor of x_f^2 in
// the diagonal of the Fisher information of a sample. One thread per element of [rows, classes].
struct Params { rows: u32, classes: u32, rank: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read> columns: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> squares: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

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
  if (e >= params.rows * params.classes) { return; }
  let i = e / params.classes;
  let k = e % params.classes;
  var sum = 0.0;
  for (var j = 0u; j < params.rank; j++) {
    let at = i * params.rank + j;
    let entry = weights[at] * (select(0.0, 1.0, columns[at] == k) - probabilities[e]);
    sum += entry * entry;
  }
  squares[e] = sum;
}
