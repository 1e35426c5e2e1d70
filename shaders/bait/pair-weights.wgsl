// c_i = (A_i A_i^T)[k, l] = [k = l] q_k - q_k p_l - p_k q_l + p_k p_l sum_j q_j, where q_k is the
// squared weight of the factor's column for class k (0 if there is none): the row weights of class
// block (k, l) of the Fisher information.
struct Params { rows: u32, classes: u32, rank: u32, k: u32, l: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read> columns: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
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
  let i = groupIndex(group, groups) * THREADS + thread;
  if (i >= params.rows) { return; }
  var total = 0.0;
  var qk = 0.0;
  var ql = 0.0;
  for (var j = 0u; j < params.rank; j++) {
    let weight = weights[i * params.rank + j];
    let q = weight * weight;
    let column = columns[i * params.rank + j];
    total += q;
    if (column == params.k) { qk += q; }
    if (column == params.l) { ql += q; }
  }
  let pk = probabilities[i * params.classes + params.k];
  let pl = probabilities[i * params.classes + params.l];
  var value = pk * pl * total - qk * pl - pk * ql;
  if (params.k == params.l) { value += qk; }
  out[i] = value;
}
