// out = x^2 element by element, from element `offset` of x on; x as f32 or packed half floats.
override half: u32 = 0u;

struct Params { size: u32, offset: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = (group.y * groups.x + group.x) * 256u + thread;
  if (e >= params.size) { return; }
  let at = params.offset + e;
  var value = 0.0;
  if (half == 1u) { value = unpack2x16float(x[at >> 1u])[at & 1u]; }
  else { value = bitcast<f32>(x[at]); }
  out[e] = value * value;
}
