// out[j] = scales[first + j] x[samples[first + j] - base], for those j whose sample is in this
// block of `rows` rows of d elements, f32 or packed half floats; other rows of `out` do not change.
override half: u32 = 0u;

struct Params { first: u32, count: u32, base: u32, rows: u32, d: u32 }

@group(0) @binding(0) var<storage, read> samples: array<u32>;
@group(0) @binding(1) var<storage, read> scales: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

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
  let entry = params.first + e / params.d;
  if (e >= params.count * params.d) { return; }
  let row = samples[entry];
  if (row < params.base || row >= params.base + params.rows) { return; }
  let at = (row - params.base) * params.d + e % params.d;
  out[e] = scales[entry] * numberIn(x[at >> half], at);
}
