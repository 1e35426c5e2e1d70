// The `top` most probable classes of each row, most probable first (of equal ones the lower), and
// p (1 - p) of each; all classes in their own order if `top` is their number. One thread per row.
struct Params { rows: u32, classes: u32, top: u32 }

@group(0) @binding(0) var<storage, read> probabilities: array<f32>;
@group(0) @binding(1) var<storage, read_write> columns: array<u32>;
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

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
  let at = i * params.classes;
  let out = i * params.top;
  var last = 2.0;
  var lastClass = 0u;
  for (var j = 0u; j < params.top; j++) {
    var best = -1.0;
    var bestClass = 0u;
    if (params.top == params.classes) {
      best = probabilities[at + j];
      bestClass = j;
    } else {
      for (var k = 0u; k < params.classes; k++) {
        let p = probabilities[at + k];
        // A class after the previous one in the order: less probable, or equal and higher.
        let later = p < last || (p == last && k > lastClass);
        if (later && p > best) {
          best = p;
          bestClass = k;
        }
      }
    }
    columns[out + j] = bestClass;
    weights[out + j] = max(best * (1.0 - best), 0.0);
    last = best;
    lastClass = bestClass;
  }
}
