// The classes of the sample picks[step], TOUCH numbers each: the class, the entry of the sample in
// it, the first entry of the class and the end, the first element of its list of dual rows and the
// end. Then the list gets dual row base + step top + j. One thread per class.
struct Params { step: u32, top: u32, classes: u32, base: u32 }

@group(0) @binding(0) var<storage, read> picks: array<u32>;
@group(0) @binding(1) var<storage, read> slots: array<vec2u>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read_write> ranks: array<u32>;
@group(0) @binding(4) var<storage, read_write> lists: array<u32>;
@group(0) @binding(5) var<storage, read_write> touched: array<u32>;
@group(0) @binding(6) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/classes/touched.ts
const TOUCH: u32 = 6u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let j = groupIndex(group, groups) * ROW_THREADS + thread;
  if (j >= params.top) { return; }
  let slot = slots[picks[params.step] * params.top + j];
  let k = slot.x;
  let list = starts[params.classes + 1u + k];
  let end = list + ranks[k];
  touched[TOUCH * j] = k;
  touched[TOUCH * j + 1u] = slot.y;
  touched[TOUCH * j + 2u] = starts[k];
  touched[TOUCH * j + 3u] = starts[k + 1u];
  touched[TOUCH * j + 4u] = list;
  touched[TOUCH * j + 5u] = end;
  lists[end] = params.base + params.step * params.top + j;
  ranks[k] += 1u;
}
