// x[i, f] = (x[i, f] - shift[f]) * factor[f] in place. X is [rows, d] as f32 or packed half floats;
// one thread per 32-bit word.
override half: u32 = 0u;

struct Params { rows: u32, d: u32 }

@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@group(0) @binding(1) var<storage, read> shift: array<f32>;
@group(0) @binding(2) var<storage, read> factor: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

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
  if (half == 1u) {
    if (e >= params.rows * params.d / 2u) { return; }
    let f = (2u * e) % params.d;
    let value = unpack2x16float(x[e]);
    let shifted = value - vec2f(shift[f], shift[f + 1u]);
    x[e] = pack2x16float(shifted * vec2f(factor[f], factor[f + 1u]));
  } else {
    if (e >= params.rows * params.d) { return; }
    let f = e % params.d;
    x[e] = bitcast<u32>((bitcast<f32>(x[e]) - shift[f]) * factor[f]);
  }
}
