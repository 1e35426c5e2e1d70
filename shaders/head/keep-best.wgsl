// Copies the parameters to `kept` if the loss of this epoch is below the best of those before and
// not more than `patience` epochs after it. state [epochs + 1, 2] holds the best loss and its epoch
// so far.
struct Params { epoch: u32, size: u32, patience: u32 }

@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> state: array<f32>;
@group(0) @binding(3) var<storage, read_write> kept: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// constants from src/kernels/grid.ts
const THREADS: u32 = 256u;

// part: group-index
// Which of all workgroups this one is, where linearGrid may have folded the grid in two dimensions.
fn groupIndex(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) thread: u32) {
  let e = groupIndex(group, groups) * THREADS + thread;
  // Row `epoch` is written, row `epoch - 1` read: no thread waits for another.
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
