// Centers of clusters from their sums: C[:, c] = S[:, c] / count[c], and norms[c] = |C[:, c]|^2. A
// cluster without members keeps its center. S and C are [d, clusters]; one thread per cluster.
struct Params { d: u32, clusters: u32 }

@group(0) @binding(0) var<storage, read> sums: array<f32>;
@group(0) @binding(1) var<storage, read> counts: array<f32>;
@group(0) @binding(2) var<storage, read_write> centers: array<f32>;
@group(0) @binding(3) var<storage, read_write> norms: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const ROW_THREADS: u32 = 64u;

@compute @workgroup_size(ROW_THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.clusters || counts[c] == 0.0) { return; }
  var norm = 0.0;
  for (var f = 0u; f < params.d; f++) {
    let value = sums[f * params.clusters + c] / counts[c];
    centers[f * params.clusters + c] = value;
    norm += value * value;
  }
  norms[c] = norm;
}
