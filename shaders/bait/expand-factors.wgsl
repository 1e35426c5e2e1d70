// The columns of V_i = x_i (x) A_i as rows: V[i r + j, k d + f] = w_j ([k = c_j] - p_k) x_i[f], for the few
// samples of which they are needed. X is [rows, d] as f32 or packed half floats; a thread owns an entry.
override half: u32 = 0u;

struct Params { first: u32, rows: u32, d: u32, classes: u32, rank: u32, xOffset: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read> columns: array<u32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = (group.y * groups.x + group.x) * 256u + thread;
  let width = params.classes * params.d;
  let row = e / width;
  if (row >= params.rows * params.rank) { return; }
  let i = params.first + row / params.rank;
  let j = i * params.rank + row % params.rank;
  let k = (e % width) / params.d;
  let at = params.xOffset + i * params.d + e % params.d;
  var value = 0.0;
  if (half == 1u) { value = unpack2x16float(x[at >> 1u])[at & 1u]; }
  else { value = bitcast<f32>(x[at]); }
  let indicator = select(0.0, 1.0, columns[j] == k);
  v[e] = weights[j] * (indicator - probabilities[i * params.classes + k]) * value;
}
