import { defineStrategy, InputError, type Kernel } from "@creel/creel";

/** The squared length of each row: a thread a row on a GPU, and the same on the CPU device. */
const squaredLengths: Kernel<"x" | "lengths", "rows" | "base" | "stride"> = {
  name: "squared-lengths",
  wgsl: `
    struct Params { rows: u32, base: u32, stride: u32 }
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> lengths: array<f32>;
    @group(0) @binding(2) var<uniform> params: Params;

    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.x >= params.rows) { return; }
      for (var f = 0u; f < params.stride; f++) {
        let value = x[id.x * params.stride + f];
        lengths[params.base + id.x] += value * value;
      }
    }`,
  bindings: { x: "read", lengths: "write" },
  params: { rows: "u32", base: "u32", stride: "u32" },
  constants: {},
  grid: ({ rows }) => [Math.ceil(rows / 64)],
  cpu({ x, lengths }, { rows, base, stride }) {
    for (let e = 0; e < rows * stride; e++) lengths[base + Math.floor(e / stride)]! += x[e]! ** 2;
  },
};

export default defineStrategy({
  name: "outliers",
  summary: "The samples with the longest feature vectors",
  options: { shortest: { kind: "flag", help: "Take the shortest instead" } },
  async select({ pool, candidates, budget }, { shortest }) {
    const { device, rows, stride, blocks } = pool;
    if (blocks[0]!.features.dtype === "f16") throw new InputError("Use outliers with storage f32");
    using lengths = device.tensor("lengths", [rows]); // zeros, freed at the end
    for (const { features, base, rows } of blocks) {
      device.run(squaredLengths, { x: features, lengths }, { rows, base, stride });
    }
    const found = await device.read(lengths);
    const sign = shortest ? 1 : -1;
    const picks = candidates.toSorted((a, b) => sign * (found[a]! - found[b]!)).slice(0, budget);
    return { picks, scores: picks.map((index) => found[index]!) };
  },
});
