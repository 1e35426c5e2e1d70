// out[i, f] = kept x[i, f] scale: inverted dropout of features, X [rows, d] as f32 or packed half floats, out as f32.
// A feature is kept where the hash of its place in the whole pool, (base + i) d + f, or with `alike` of f alone,
// and of the key is `threshold` or more.
override half: u32 = 0u;

struct Params {
  rows: u32, base: u32, d: u32, xOffset: u32,
  key: u32, threshold: u32, scale: f32, alike: u32,
}

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

fn pcg(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

fn counterHash(counter: u32, key: u32) -> u32 {
  return pcg(pcg(counter ^ key) + key);
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = (group.y * groups.x + group.x) * 256u + thread;
  if (e >= params.rows * params.d) { return; }
  let at = params.xOffset + e;
  var value = 0.0;
  if (half == 1u) { value = unpack2x16float(x[at >> 1u])[at & 1u]; }
  else { value = bitcast<f32>(x[at]); }
  // Of large pools the count wraps around, here as in the twin.
  var counter = params.base * params.d + e;
  if (params.alike == 1u) { counter = e % params.d; }
  let kept = counterHash(counter, params.key) >= params.threshold;
  out[e] = select(0.0, value * params.scale, kept);
}
