// Updates the vectors of L-BFGS after lbfgs-step, one thread per element:
//   accept:  s[slot] = t - x, y[slot] = v - g (unless the slot is none), x = t, g = v
//   turn:    d = c_g g + sum_j (c_s[j] s_j + c_y[j] y_j)
//   go:      t = x + alpha d
// `work` is [x, g, d]; t is the trial point and v the gradient at t.
override history: u32 = 10u;

struct Params { size: u32 }

@group(0) @binding(0) var<storage, read> state: array<f32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> trial: array<f32>;
@group(0) @binding(3) var<storage, read_write> work: array<f32>;
@group(0) @binding(4) var<storage, read_write> s: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// constants of State from src/kernels/head/lbfgs.ts
const ACCEPT: u32 = 6u;
const SLOT: u32 = 7u;
const TURN: u32 = 8u;
const GO: u32 = 9u;
const ALPHA: u32 = 10u;
const OF_GRADIENT: u32 = 11u;
const PAIRS: u32 = 12u;

// constants from src/kernels/head/lbfgs.ts
const LBFGS_HEADER: u32 = 24u;

// part: group-index
// The index of a workgroup in a one-dimensional grid, which linearGrid may have folded in two.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let i = groupIndex(group, groups) * THREADS + thread;
  let size = params.size;
  if (i >= size) { return; }
  if (state[ACCEPT] != 0.0) {
    let slot = u32(state[SLOT]);
    if (slot < history) {
      s[slot * size + i] = trial[i] - work[i];
      y[slot * size + i] = gradient[i] - work[size + i];
    }
    work[i] = trial[i];
    work[size + i] = gradient[i];
  }
  if (state[TURN] != 0.0) {
    let pairs = u32(state[PAIRS]);
    var sum = state[OF_GRADIENT] * work[size + i];
    for (var j = 0u; j < pairs; j++) {
      sum += state[LBFGS_HEADER + j] * s[j * size + i] + state[LBFGS_HEADER + history + j] * y[j * size + i];
    }
    work[2u * size + i] = sum;
  }
  if (state[GO] != 0.0) { trial[i] = work[i] + state[ALPHA] * work[2u * size + i]; }
}
