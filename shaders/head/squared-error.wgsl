// Replaces values [rows, width] by the derivatives of scale / (rows width) sum (v - t)^2, with the
// targets t in row order[first + i] of targets [n, width], and writes each row's share of the loss
// to losses. One thread per row.
struct Params { rows: u32, width: u32, first: u32, lossOffset: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> order: array<u32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

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
  let factor = params.scale / (f32(params.rows) * f32(params.width));
  let target0 = order[params.first + i] * params.width;
  var loss = 0.0;
  for (var k = 0u; k < params.width; k++) {
    let error = values[i * params.width + k] - targets[target0 + k];
    loss += error * error;
    values[i * params.width + k] = 2.0 * factor * error;
  }
  losses[params.lossOffset + i] = factor * loss;
}
