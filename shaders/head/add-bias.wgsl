// z[i, j] += bias[j], rows of `width` elements, densely packed from `offset` on. The bias starts at
// `biasOffset` of the parameters.
struct Params { rows: u32, width: u32, biasOffset: u32, offset: u32 }

@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read_write> z: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = (group.y * groups.x + group.x) * 256u + thread;
  if (e >= params.rows * params.width) { return; }
  z[params.offset + e] += parameters[params.biasOffset + e % params.width];
}
