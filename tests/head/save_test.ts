/** Heads as files: bit for bit, with the names of PyTorch, and refused when damaged. */

import assert from "node:assert/strict";
import type { Device } from "../../src/device/device.ts";
import type { Head } from "../../src/head/head.ts";
import { loadHead, saveHead } from "../../src/head/save.ts";
import { trainHead } from "../../src/head/train-head.ts";
import type { TrainHeadOptions } from "../../src/head/train-options.ts";
import { bytesOf } from "../../src/io/bytes.ts";
import { arrayRows } from "../../src/io/rows.ts";
import { encodeSafetensors, openSafetensors, type TensorData } from "../../src/io/safetensors.ts";
import { Pool, type Scale } from "../../src/pool/pool.ts";
import { assertClose, deviceTest, Random } from "../fixture.ts";

const ROWS = 12;
const COLUMNS = 5;
const features = new Random(31).normals(ROWS * COLUMNS, 3).map((v) => v + 7);
const indices = Array.from({ length: ROWS }, (_, i) => i);
const labels = indices.map((i) => i % 3);
const targets = indices.flatMap((i) => [i * i, 100 - i]);

const poolOf = (device: Device, scale: Scale = "standardize") =>
  Pool.from(device, arrayRows("features", features, COLUMNS), { scale });

const trained = (pool: Pool, samples: "labels" | "targets", options: TrainHeadOptions) =>
  trainHead(pool, samples === "labels" ? { indices, labels } : { indices, targets }, options);

/** The logits or values of a whole pool. */
const outputsOf = (head: Head, pool: Pool) =>
  head.task === "regression" ? head.values(pool) : head.logits(pool);

const cases = [
  ["labels", {}],
  ["targets", {}],
  ["labels", { hidden: [4], epochs: 3, dropout: 0.2 }],
  ["targets", { hidden: [9, 3], activation: "gelu", epochs: 3 }],
] as const;

deviceTest("save: a head comes back bit for bit", async (device) => {
  using pool = await poolOf(device);
  for (const [samples, options] of cases) {
    using head = await trained(pool, samples, options);
    const bytes = await saveHead(head, { names: "cat,dog,bird" });
    using loaded = await loadHead(device, bytes);
    const { kind, task, classes, columns, hidden, activation, columnScale } = head;
    assert.deepEqual(
      { ...{ kind, task, classes, columns, hidden, activation, columnScale } },
      {
        kind: loaded.kind,
        task: loaded.task,
        classes: loaded.classes,
        columns: loaded.columns,
        hidden: loaded.hidden,
        activation: loaded.activation,
        columnScale: loaded.columnScale,
      },
    );
    assert.deepEqual(loaded.metadata, { format: "pt", names: "cat,dog,bird" });
    assert.equal(loaded.report, undefined);
    assert.deepEqual(await saveHead(loaded), bytes);
    const [before, after] = [await outputsOf(head, pool), await outputsOf(loaded, pool)];
    // The CPU device trains in float64 and saves float32.
    if (device.kind === "webgpu") assert.deepEqual(after, before);
    else assertClose(after, before, { relative: 1e-5, absolute: 1e-4 });
  }
});

deviceTest(
  "save: the tensors are those of a PyTorch Sequential, without padding",
  async (device) => {
    using pool = await poolOf(device);
    using head = await trained(pool, "labels", { hidden: [4, 6], epochs: 1 });
    const file = await openSafetensors(bytesOf("head", await saveHead(head)));
    assert.deepEqual([...file.tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]), [
      ["0.weight", "F32", [4, 5]],
      ["0.bias", "F32", [4]],
      ["2.weight", "F32", [6, 4]],
      ["2.bias", "F32", [6]],
      ["4.weight", "F32", [3, 6]],
      ["4.bias", "F32", [3]],
    ]);
    const { creel, ...rest } = file.metadata;
    assert.deepEqual(rest, { format: "pt" });
    const { columnScale, ...header } = JSON.parse(creel!);
    assert.deepEqual(header, {
      ...{ version: 1, kind: "mlp", task: "classification", activation: "relu" },
      ...{ columns: 5, hidden: [4, 6], classes: 3 },
    });
    assert.deepEqual(Float32Array.from(columnScale.shift), pool.columnScale!.shift);
    assert.deepEqual(Float32Array.from(columnScale.factor), pool.columnScale!.factor);
  },
);

deviceTest("a head without a column scale does the scaling in its first layer", async (device) => {
  using scaled = await poolOf(device);
  using raw = await poolOf(device, "none");
  for (const [samples, options] of cases) {
    using head = await trained(scaled, samples, options);
    using folded = await head.withoutColumnScale();
    assert.equal(folded.columnScale, undefined);
    const tolerance = { relative: 1e-4, absolute: 1e-4 };
    assertClose(await outputsOf(folded, raw), await outputsOf(head, scaled), tolerance);
  }
});

/** A file like that of a head, but for what is changed. */
async function changed(
  head: Head,
  { header = {}, tensors = {}, creel }: {
    header?: Record<string, unknown>;
    tensors?: Record<string, TensorData | undefined>;
    creel?: string;
  },
): Promise<Uint8Array> {
  const file = await openSafetensors(bytesOf("head", await saveHead(head)));
  const layers = await head.readLayers();
  const all: Record<string, TensorData> = {};
  layers.forEach(({ weight, bias }, l) => {
    const shape = [bias.length, weight.length / bias.length];
    all[`${2 * l}.weight`] = { shape, data: Float32Array.from(weight) };
    all[`${2 * l}.bias`] = { shape: [bias.length], data: Float32Array.from(bias) };
  });
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor) all[name] = tensor;
    else delete all[name];
  }
  const json = JSON.stringify({ ...JSON.parse(file.metadata.creel!), ...header });
  return encodeSafetensors(all, { creel: creel ?? json });
}

deviceTest("load: what is damaged, newer or something else is refused", async (device) => {
  using pool = await poolOf(device);
  using head = await trained(pool, "labels", { hidden: [4], epochs: 1 });
  const refuses = async (bytes: Uint8Array, message: string | RegExp) =>
    await assert.rejects(loadHead(device, bytes, { name: "h.safetensors" }), {
      name: "InputError",
      message,
    });
  const from = "Cannot read a head from h.safetensors: ";
  const damaged = `${from}its creel entry is damaged`;
  await refuses(await changed(head, { creel: "{" }), damaged);
  await refuses(await changed(head, { creel: "null" }), damaged);
  for (
    const header of [
      { task: "ranking" },
      { activation: "tanh" },
      { columns: 0 },
      { hidden: "4" },
      { hidden: [4.5] },
      { kind: "linear" },
      { classes: undefined },
      { version: "1" },
    ]
  ) await refuses(await changed(head, { header }), damaged);
  await refuses(
    await changed(head, { header: { version: 3 } }),
    `${from}it has version 3, and this program knows versions up to 2`,
  );
  await refuses(
    await changed(head, { header: { columnScale: { shift: [1], factor: [1] } } }),
    `${from}its column scale is not 5 numbers each`,
  );
  await refuses(
    await changed(head, { header: { columns: 6 } }),
    `${from}0.weight has shape [4, 5], and [4, 6] is needed`,
  );
  await refuses(
    await changed(head, { tensors: { "2.bias": undefined } }),
    `${from}2.bias is missing, and [3] is needed`,
  );
  await refuses(
    await changed(head, {
      tensors: { "2.bias": { shape: [3], data: Float32Array.of(0, NaN, 0) } },
    }),
    `${from}NaN in 2.bias at 1 is not finite`,
  );
  await refuses(
    await changed(head, {
      tensors: { "0.weight": { shape: [4, 5], data: new Float32Array(20).fill(Infinity) } },
    }),
    /0\.weight in h\.safetensors.*row 0, column 0/,
  );
  await refuses(
    encodeSafetensors({ "0.weight": { shape: [1], data: Float32Array.of(1) } }),
    `${from}its metadata has no entry creel`,
  );
  const whole = await saveHead(head);
  for (const length of [0, 7, 20, whole.length - 1]) {
    await refuses(whole.slice(0, length), /^Cannot read .*h\.safetensors/);
  }
  await assert.rejects(saveHead(head, { creel: "mine" }), {
    name: "InputError",
    message: "Cannot save metadata called creel: the name is the head's own",
  });
});
