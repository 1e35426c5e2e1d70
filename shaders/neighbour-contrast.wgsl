// scores[base + i] = mean over the labelled samples nearest to row i of KL(p_neighbour || p_i), from the products
// Y = X L^T [rows, labelled] of rows of length 1: the nearest have the largest products, of equal ones the first
// labelled sample counts. P is [rows, classes], Q [labelled, classes] those of the labelled. One thread a row.
struct Params { rows: u32, base: u32, labelled: u32, classes: u32, neighbours: u32 }

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> p: array<f32>;
@group(0) @binding(2) var<storage, read> q: array<f32>;
@group(0) @binding(3) var<storage, read_write> scores: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// The logarithm of the least normal number stands for that of 0.
const LEAST = 1.17549435e-38;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = (group.y * groups.x + group.x) * 64u + thread;
  if (i >= params.rows) { return; }
  var products: array<f32, 16>;
  var nearest: array<u32, 16>;
  var found = 0u;
  for (var j = 0u; j < params.labelled; j++) {
    let product = y[i * params.labelled + j];
    if (found == params.neighbours && product <= products[found - 1u]) { continue; }
    if (found < params.neighbours) { found++; }
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
    let own = log(max(p[i * params.classes + k], LEAST));
    for (var place = 0u; place < found; place++) {
      let other = q[nearest[place] * params.classes + k];
      sum += other * (log(max(other, LEAST)) - own);
    }
  }
  scores[params.base + i] = sum / f32(found);
}
