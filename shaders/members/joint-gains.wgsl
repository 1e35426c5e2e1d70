// The information gain about the member by each sample, beyond that of a batch, at least 0:
//   gains[base + i] = sum_c s[c] H(r_ic) - sum_m posterior[m] H(p_im)
//   r_ic(k) = sum_m w[m, c] p_im(k)    posterior[m] = sum_c s[c] w[m, c]
// r_ic is the prediction of sample i if the batch has the classes of configuration c. `stacked` is
// [rows, members, 4 classQuads], `weights` [members, 4 quads]; padding is 0. One workgroup per row.
struct Params {
  rows: u32, offset: u32, base: u32,
  members: u32, classQuads: u32, quads: u32,
}

@group(0) @binding(0) var<storage, read> stacked: array<vec4f>;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
@group(0) @binding(2) var<storage, read> shares: array<vec4f>;
@group(0) @binding(3) var<storage, read> posterior: array<f32>;
@group(0) @binding(4) var<storage, read_write> gains: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

const THREADS: u32 = 64u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: sum-over
// The sum of one value per thread over `count` consecutive threads, which all of them receive;
// `count` is a power of two that divides THREADS. All threads of the workgroup must call sumOver,
// and there must be a barrier between two calls. Needs THREADS.
var<workgroup> partial: array<f32, THREADS>;

fn sumOver(count: u32, value: f32, thread: u32) -> f32 {
  let place = thread % count;
  partial[thread] = value;
  workgroupBarrier();
  for (var width = count / 2u; width > 0u; width /= 2u) {
    if (place < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  return partial[thread - place];
}
// end of part

// -sum r ln r, where 0 ln 0 = 0.
fn surprise(r: vec4f) -> f32 {
  return -dot(r, log(max(r, vec4f(1e-37))));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups);
  var sum = 0.0;
  if (i < params.rows) {
    let ofSample = params.members * params.classQuads;
    let start = (params.offset + i) * ofSample;
    for (var e = thread; e < ofSample; e += THREADS) {
      sum -= posterior[e / params.classQuads] * surprise(stacked[start + e]);
    }
    for (var e = thread; e < params.quads * params.classQuads; e += THREADS) {
      let c = e % params.quads;
      var p = start + e / params.quads;
      var w = c;
      var r0 = vec4f();
      var r1 = vec4f();
      var r2 = vec4f();
      var r3 = vec4f();
      for (var m = 0u; m < params.members; m++) {
        let ofMember = stacked[p];
        let weight = weights[w];
        r0 += weight.x * ofMember;
        r1 += weight.y * ofMember;
        r2 += weight.z * ofMember;
        r3 += weight.w * ofMember;
        p += params.classQuads;
        w += params.quads;
      }
      sum += dot(shares[c], vec4f(surprise(r0), surprise(r1), surprise(r2), surprise(r3)));
    }
  }
  let total = sumOver(THREADS, sum, thread);
  if (thread == 0u && i < params.rows) {
    gains[params.base + i] = max(0.0, total);
  }
}
