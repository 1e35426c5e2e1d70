// stacked[i, member, k] = p[i, k]: the probabilities of one member among those of all, [rows, members, width]
// with `width` numbers, at least `classes`, a member.
struct Params { rows: u32, classes: u32, members: u32, member: u32, width: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read_write> stacked: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = (group.y * groups.x + group.x) * 256u + thread;
  if (e >= params.rows * params.classes) { return; }
  let i = e / params.classes;
  stacked[(i * params.members + params.member) * params.width + e % params.classes] =
    probabilities[e];
}
