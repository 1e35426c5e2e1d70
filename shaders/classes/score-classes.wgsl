// The scores of all samples from the forms G and H of their entries. One thread per sample.
struct Params { rows: u32, top: u32, candidate: f32 }

@group(0) @binding(0) var<storage, read> slots: array<vec2u>;
@group(0) @binding(1) var<storage, read> forms: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> scores: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: class-score
// The score of a sample, sum_e c H_e / (1 + c G_e) over its entries e. Needs slots, forms, and
// params.top and params.candidate, which is c.
fn classScore(sample: u32) -> f32 {
  var sum = 0.0;
  for (var j = sample * params.top; j < (sample + 1u) * params.top; j++) {
    let form = forms[slots[j].y];
    sum += params.candidate * form.y / (1.0 + params.candidate * max(form.x, 0.0));
  }
  return sum;
}
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * ROW_THREADS + thread;
  if (i < params.rows) { scores[i] = classScore(i); }
}
