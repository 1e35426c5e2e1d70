// Copies the parameters to `kept` if the loss of this epoch is below the best of the previous ones,
// and it is at most `patience` epochs after that. Row e of state [epochs + 1, 2] holds the best
// loss of the epochs up to e, and its epoch.
struct Params { epoch: u32, size: u32, patience: u32 }

@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> state: array<f32>;
@group(0) @binding(3) var<storage, read_write> kept: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

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
  // Row `epoch` is written and row `epoch - 1` is read, so that threads need no barrier.
  let before = 2u * (params.epoch - 1u);
  let best = state[before];
  let when = state[before + 1u];
  let loss = losses[params.epoch];
  let better = f32(params.epoch) <= when + f32(params.patience) && loss < best;
  if (e == 0u) {
    state[before + 2u] = select(best, loss, better);
    state[before + 3u] = select(when, f32(params.epoch), better);
  }
  if (better && e < params.size) { kept[e] = parameters[e]; }
}
