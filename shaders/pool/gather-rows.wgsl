// out[j] = source[index[first + j] - base] for those j whose index is in this block of the source;
// other rows of `out` do not change. Rows are copied as 32-bit words of any type (of `perWord`
// elements each, which only the CPU twin needs).
struct Params {
  first: u32, count: u32,
  base: u32, rows: u32, words: u32, sourceOffset: u32, perWord: u32,
}

@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * THREADS + thread;
  let j = e / params.words;
  if (j >= params.count) { return; }
  let row = index[params.first + j];
  if (row < params.base || row >= params.base + params.rows) { return; }
  out[e] = source[params.sourceOffset + (row - params.base) * params.words + e % params.words];
}
