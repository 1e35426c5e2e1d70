// scores[base + i] = mean over the labeled samples nearest to row i of KL(p_neighbor || p_i), from
// the products Y = X L^T [rows, labeled] of rows of length 1: the nearest have the largest
// products, of equal ones the first labeled sample. P [rows, classes] and Q [labeled, classes] are
// the probabilities. The logarithm of LEAST_NORMAL, the smallest normal number, replaces that of 0.
// One thread per row.
struct Params { rows: u32, base: u32, labeled: u32, classes: u32, neighbors: u32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> p: array<f32>;
@group(0) @binding(2) var<storage, read> q: array<f32>;
@group(0) @binding(3) var<storage, read_write> scores: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

// constants from src/kernels/strategies/neighbor-contrast.ts
const MOST_LABELED_NEIGHBORS: u32 = 16u;
const LEAST_NORMAL: f32 = 1.1754943e-38;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * ROW_THREADS + thread;
  if (i >= params.rows) { return; }
  var products: array<f32, MOST_LABELED_NEIGHBORS>;
  var nearest: array<u32, MOST_LABELED_NEIGHBORS>;
  var found = 0u;
  for (var j = 0u; j < params.labeled; j++) {
    let product = y[i * params.labeled + j];
    if (found == params.neighbors && product <= products[found - 1u]) { continue; }
    if (found < params.neighbors) { found++; }
    var place = found - 1u;
    for (; place > 0u && product > products[place - 1u]; place--) {
      products[place] = products[place - 1u];
      nearest[place] = nearest[place - 1u];
    }
    products[place] = product;
    nearest[place] = j;
  }
  var sum = 0.0;
  for (var k = 0u; k < params.classes; k++) {
    let own = log(max(p[i * params.classes + k], LEAST_NORMAL));
    for (var place = 0u; place < found; place++) {
      let other = q[nearest[place] * params.classes + k];
      sum += other * (log(max(other, LEAST_NORMAL)) - own);
    }
  }
  scores[params.base + i] = sum / f32(found);
}
