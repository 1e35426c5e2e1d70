// The columns of V_i = x_i (x) A_i as rows: V[i r + j, k d + f] = w_j ([k = c_j] - p_k) x_i[f], for
// `rows` samples. X is [rows, d] as f32 or packed half floats; one thread per entry.
override half: u32 = 0u;

struct Params { first: u32, rows: u32, d: u32, classes: u32, rank: u32, xOffset: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read> columns: array<u32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

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

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * THREADS + thread;
  let width = params.classes * params.d;
  let row = e / width;
  if (row >= params.rows * params.rank) { return; }
  let i = params.first + row / params.rank;
  let j = i * params.rank + row % params.rank;
  let k = (e % width) / params.d;
  let at = params.xOffset + i * params.d + e % params.d;
  let value = numberIn(x[at >> half], at);
  let indicator = select(0.0, 1.0, columns[j] == k);
  v[e] = weights[j] * (indicator - probabilities[i * params.classes + k]) * value;
}
