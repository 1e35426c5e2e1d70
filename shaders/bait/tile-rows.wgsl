// Copies rows of X into tiles, [tiles, words, TILE_ROWS]: what neighboring threads read of
// neighboring rows is then side by side. A word is a feature in f32, or a pair of half floats. Rows
// beyond the last stay 0.
struct Params { rows: u32, words: u32, offset: u32, perWord: u32 }

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> tiles: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

// constants from src/kernels/bait/pick.ts
const TILE_ROWS: u32 = 256u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(TILE_ROWS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let line = groupIndex(group, groups);
  let row = line / params.words * TILE_ROWS + thread;
  if (row >= params.rows) { return; }
  let word = params.offset + row * params.words + line % params.words;
  tiles[line * TILE_ROWS + thread] = x[word];
}
