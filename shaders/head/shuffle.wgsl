// order[i] = the image of i under a permutation of 0 .. size - 1: a Feistel network on 2 x bits
// bits (4^bits >= size) with a counter hash as round function, applied until the result is in the
// domain.
struct Params { size: u32, bits: u32, key: u32 }

@group(0) @binding(0) var<storage, read_write> order: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants from src/random/counter-hash.ts
const ROUNDS: u32 = 8u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

// part: counter-hash
// A random 32-bit word for each counter and key; the same as in src/random/counter-hash.ts, which
// names the source.
fn pcg(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

fn counterHash(counter: u32, key: u32) -> u32 {
  return pcg(pcg(counter ^ key) + key);
}
// end of part

fn feistel(x: u32) -> u32 {
  let mask = (1u << params.bits) - 1u;
  var left = x >> params.bits;
  var right = x & mask;
  for (var round = 0u; round < ROUNDS; round++) {
    let next = (left ^ counterHash(right + (round << 24u), params.key)) & mask;
    left = right;
    right = next;
  }
  return (left << params.bits) | right;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * THREADS + thread;
  if (i >= params.size) { return; }
  var x = feistel(i);
  while (x >= params.size) { x = feistel(x); }
  order[i] = x;
}
