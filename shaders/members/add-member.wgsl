// One more member of an ensemble, counted from 0, with probabilities p [rows, classes]: the running
// means of p and of -sum p ln p, and a vote for its arg-max. Member 0 replaces the previous values.
// One thread per row.
struct Params { rows: u32, classes: u32, member: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read_write> mean: array<f32>;
@group(0) @binding(2) var<storage, read_write> entropies: array<f32>;
@group(0) @binding(3) var<storage, read_write> votes: array<f32>;
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
  let first = params.member == 0u;
  let count = f32(params.member + 1u);
  let start = i * params.classes;
  var best = -1.0;
  var label = 0u;
  var entropy = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    let p = probabilities[start + k];
    if (p > 0.0) { entropy -= p * log(p); }
    if (p > best) {
      best = p;
      label = k;
    }
    if (first) {
      mean[start + k] = p;
      votes[start + k] = 0.0;
    } else {
      mean[start + k] += (p - mean[start + k]) / count;
    }
  }
  votes[start + label] += 1.0;
  if (first) { entropies[i] = entropy; }
  else { entropies[i] += (entropy - entropies[i]) / count; }
}
