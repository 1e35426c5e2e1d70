import { defineStrategy, InputError } from "@creel/creel";
import { defineKernel, selectTop } from "@creel/creel/kernels";

const squaredLengths = defineKernel({
  name: "squared-lengths",
  wgsl: `struct Params { rows: u32, base: u32, stride: u32 }
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> lengths: array<f32>;
    @group(0) @binding(2) var<uniform> params: Params;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.x >= params.rows) { return; }
      let first = id.x * params.stride;
      for (var e = first; e < first + params.stride; e++) { lengths[params.base + id.x] += x[e] * x[e]; }
    }`,
  bindings: { x: "read", lengths: "write" },
  params: { rows: "u32", base: "u32", stride: "u32" },
  constants: {},
  grid: ({ rows }) => [Math.ceil(rows / 64)],
  cpu({ x, lengths }, { rows, base, stride }) { // the same on the CPU device
    for (let e = 0; e < rows * stride; e++) lengths[base + Math.floor(e / stride)]! += x[e]! ** 2;
  },
});

export default defineStrategy({
  name: "outliers",
  summary: "The samples with the longest feature vectors",
  options: { shortest: { kind: "flag", help: "Take the shortest instead" } },
  async select({ pool: { device, rows, stride, blocks }, candidates, budget }, { shortest }) {
    if (blocks[0]!.features.dtype === "f16") throw new InputError("Use outliers with storage f32");
    using lengths = device.tensor("lengths", [rows]); // zeros; freed at the end
    for (const { features: x, base, rows } of blocks) {
      device.run(squaredLengths, { x, lengths }, { rows, base, stride });
    }
    const scores = (await device.read(lengths)).map((value) => shortest ? -value : value);
    return selectTop(scores, candidates, budget);
  },
});
