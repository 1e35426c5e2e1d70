// A_i^T Q_i A_i for every sample, lower triangle packed: the r x r form (G or H) from the K x K
// quadratic forms of its class blocks, with A[k, j] = w_j ([k = c_j] - p_k). `part` 0 writes G, 1
// writes H. The forms of samples that were picked in this phase do not change: the difference I - G
// of a member would suffer cancellation (update-scores). The samples are `rows` of a segment from
// `first` on; q holds only these. `lanes` threads share a sample.
override lanes: u32 = 1u;
override classes: u32 = 1u;

struct Params { first: u32, rows: u32, rank: u32, part: u32, base: u32 }

@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read> columns: array<u32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read> scores: array<f32>;
@group(0) @binding(5) var<storage, read_write> forms: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/bait/pick.ts
const PICKED: f32 = -3.4e38;

// (Q p)_k of each sample in the group.
var<workgroup> qp: array<f32, (ROW_THREADS / lanes) * classes>;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: packed-triangle
// The index of entry (j, k) of a symmetric matrix in its packed lower triangle.
fn packed(j: u32, k: u32) -> u32 {
  let high = max(j, k);
  return high * (high + 1u) / 2u + min(j, k);
}
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let lane = thread % lanes;
  let slot = thread / lanes;
  let local = groupIndex(group, groups) * (ROW_THREADS / lanes) + slot;
  let valid = local < params.rows;
  let i = params.first + local;
  let q0 = local * classes * classes;
  let p0 = i * classes;
  if (valid) {
    for (var k = lane; k < classes; k += lanes) {
      var sum = 0.0;
      for (var l = 0u; l < classes; l++) {
        sum += q[q0 + k * classes + l] * probabilities[p0 + l];
      }
      qp[slot * classes + k] = sum;
    }
  }
  workgroupBarrier();
  if (!valid || scores[params.base + i] <= PICKED) { return; }
  var pqp = 0.0;
  for (var k = 0u; k < classes; k++) { pqp += probabilities[p0 + k] * qp[slot * classes + k]; }
  let triangle = params.rank * (params.rank + 1u) / 2u;
  let out = (i * 2u + params.part) * triangle;
  for (var a = lane; a < params.rank; a += lanes) {
    let ca = columns[i * params.rank + a];
    let wa = weights[i * params.rank + a];
    for (var b = 0u; b <= a; b++) {
      let cb = columns[i * params.rank + b];
      let wb = weights[i * params.rank + b];
      let qpa = qp[slot * classes + ca];
      let qpb = qp[slot * classes + cb];
      let form = q[q0 + ca * classes + cb] - qpa - qpb + pqp;
      forms[out + packed(a, b)] = wa * wb * form;
    }
  }
}
