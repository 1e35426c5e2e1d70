// C = alpha sum_z S[z] + beta C: folds the slices that a split-K matmul left. S is [slices, m, n].
struct Params { m: u32, n: u32, slices: u32, ldc: u32, cOffset: u32, alpha: f32, beta: f32 }

@group(0) @binding(0) var<storage, read> s: array<f32>;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = (group.y * groups.x + group.x) * 256u + thread;
  let size = params.m * params.n;
  if (e >= size) { return; }
  var sum = 0.0;
  for (var z = 0u; z < params.slices; z++) { sum += s[z * size + e]; }
  let at = params.cOffset + (e / params.n) * params.ldc + e % params.n;
  var value = params.alpha * sum;
  if (params.beta != 0.0) { value += params.beta * c[at]; }
  c[at] = value;
}
