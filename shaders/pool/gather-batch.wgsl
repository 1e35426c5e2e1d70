// out[j] = source[order[first + j] - base] as f32, for those j whose row lies in this block of `rows` rows
// of `stride` elements, f32 or packed half floats; other rows of `out` are left as they are.
override half: u32 = 0u;

struct Params { first: u32, count: u32, base: u32, rows: u32, stride: u32 }

@group(0) @binding(0) var<storage, read> order: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = (group.y * groups.x + group.x) * 256u + thread;
  let j = e / params.stride;
  if (j >= params.count) { return; }
  let row = order[params.first + j];
  if (row < params.base || row >= params.base + params.rows) { return; }
  let at = (row - params.base) * params.stride + e % params.stride;
  if (half == 1u) { out[e] = unpack2x16float(source[at >> 1u])[at & 1u]; }
  else { out[e] = bitcast<f32>(source[at]); }
}
