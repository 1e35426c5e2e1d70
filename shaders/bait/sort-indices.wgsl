// Sorts `count` distinct indices in ascending order: one thread per index counts the smaller ones.
struct Params { count: u32 }

@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read_write> sorted: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

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
  if (i >= params.count) { return; }
  let value = index[i];
  var rank = 0u;
  for (var j = 0u; j < params.count; j++) {
    if (index[j] < value) { rank++; }
  }
  sorted[rank] = value;
}
