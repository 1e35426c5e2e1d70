// One step of a first-order optimizer on all parameters t, with gradient g and moments m and v:
//   g *= min(1, clip / (sqrt(norm[0]) + 1e-6))   if clip > 0
//   t *= shrink;  g += decay t                   of the first `decayed` parameters
//   m = keepFirst m + gainFirst g;  v = keepSecond v + gainSecond g^2
//   t -= rate (look m + fresh g) / (root sqrt(v) + epsilon)
struct Params {
  size: u32, decayed: u32,
  clip: f32, shrink: f32, decay: f32,
  keepFirst: f32, gainFirst: f32, keepSecond: f32, gainSecond: f32,
  look: f32, fresh: f32, rate: f32, root: f32, epsilon: f32,
}

@group(0) @binding(0) var<storage, read> gradient: array<f32>;
@group(0) @binding(1) var<storage, read> norm: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(3) var<storage, read_write> first: array<f32>;
@group(0) @binding(4) var<storage, read_write> second: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/kernels/head/optimizer-step.ts
const CLIP_EPSILON: f32 = 0.000001;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * THREADS + thread;
  if (e >= params.size) { return; }
  var g = gradient[e];
  if (params.clip > 0.0) { g *= min(1.0, params.clip / (sqrt(norm[0]) + CLIP_EPSILON)); }
  var t = parameters[e];
  if (e < params.decayed) {
    t *= params.shrink;
    g += params.decay * t;
  }
  let m = params.keepFirst * first[e] + params.gainFirst * g;
  let v = params.keepSecond * second[e] + params.gainSecond * g * g;
  first[e] = m;
  second[e] = v;
  let direction = params.look * m + params.fresh * g;
  parameters[e] = t - params.rate * direction / (params.root * sqrt(v) + params.epsilon);
}
