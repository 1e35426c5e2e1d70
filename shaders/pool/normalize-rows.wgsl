// x_i /= |x_i| in place; rows of zeros stay zero. X is [rows, d] as f32 or packed half floats, d a
// multiple of 8; one thread per row.
override half: u32 = 0u;

struct Params { rows: u32, d: u32 }

@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * ROW_THREADS + thread;
  if (i >= params.rows) { return; }
  let words = params.d / (1u + half);
  // Divided by the largest entry first, so that squares neither overflow nor underflow.
  var top = 0.0;
  for (var e = i * words; e < (i + 1u) * words; e++) {
    if (half == 1u) {
      let pair = abs(unpack2x16float(x[e]));
      top = max(top, max(pair.x, pair.y));
    } else {
      top = max(top, abs(bitcast<f32>(x[e])));
    }
  }
  if (top == 0.0) { return; }
  var sum = 0.0;
  for (var e = i * words; e < (i + 1u) * words; e++) {
    if (half == 1u) {
      let pair = unpack2x16float(x[e]) / top;
      sum += dot(pair, pair);
    } else {
      let value = bitcast<f32>(x[e]) / top;
      sum += value * value;
    }
  }
  let length = sqrt(sum);
  for (var e = i * words; e < (i + 1u) * words; e++) {
    if (half == 1u) { x[e] = pack2x16float(unpack2x16float(x[e]) / top / length); }
    else { x[e] = bitcast<u32>(bitcast<f32>(x[e]) / top / length); }
  }
}
