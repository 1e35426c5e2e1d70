/**
 * Heads as safetensors files. The tensors are those of a PyTorch `nn.Sequential` of linear layers
 * and activations, so that `load_state_dict(safetensors.torch.load_file(path))` reads them:
 *
 *     nn.Sequential(nn.Linear(d, h), nn.ReLU(), nn.Linear(h, K))    0.weight 0.bias 2.weight 2.bias
 *
 * The other properties of a head are JSON in the entry `creel` of `__metadata__`. Dropout is part
 * of the training and is not saved.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { InputError } from "../errors.ts";
import { matrixRows, readVector, shapeText } from "../io/array.ts";
import { bytesOf } from "../io/bytes.ts";
import { readAll } from "../io/rows.ts";
import { encodeSafetensors, openSafetensors, type Safetensors } from "../io/safetensors.ts";
import type { ColumnScale } from "../pool/column-scale.ts";
import { Head, type Task } from "./head.ts";
import { type LayerValues, Layout } from "./layout.ts";

/** The newest version of the `creel` entry that can be read: the one of multi-label heads. */
const VERSION = 2;

/** The contents of the `creel` entry. */
interface Header {
  readonly version: number;
  readonly kind: "linear" | "mlp";
  readonly task: Task;
  readonly activation: "relu" | "gelu";
  readonly columns: number;
  readonly hidden: readonly number[];
  readonly classes: number;
  /** The scale of the columns, or null if they are not scaled. */
  readonly columnScale: { readonly shift: number[]; readonly factor: number[] } | null;
  /** Whether rows are normalized to length 1; absent if not. */
  readonly unitRows?: boolean;
}

/**
 * Saves a head as a safetensors file of type F32, which PyTorch can read. Weights from a GPU are
 * saved bit for bit.
 *
 * @example Save and load a head
 * ```ts
 * import { Head, loadHead, openDevice, saveHead } from "@creel/creel";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice({ device: "cpu" });
 * using head = await Head.of(device, { weight: [[1, 2], [3, 4]], bias: [5, 6] });
 * const file = await saveHead(head, { classes: "cat,dog" });
 * using loaded = await loadHead(device, file);
 * assert.equal(loaded.metadata.classes, "cat,dog");
 * assert.deepEqual(await loaded.probabilities([[1, 1]]), await head.probabilities([[1, 1]]));
 * ```
 *
 * @param head the head
 * @param metadata strings to save with it, such as class names. Default: the head's own metadata
 * @returns the bytes of the file
 * @throws {InputError} if a key of the metadata is `creel`
 */
export async function saveHead(
  head: Head,
  metadata: Readonly<Record<string, string>> = head.metadata,
): Promise<Uint8Array<ArrayBuffer>> {
  if ("creel" in metadata) {
    throw new InputError("Cannot save metadata called creel: the name is the head's own");
  }
  const { kind, task, activation, columns, hidden, classes, columnScale, unitRows } = head;
  const header: Header = {
    // Programs that know no multi-label heads refuse them, and read all others.
    version: task === "multilabel" ? VERSION : 1,
    kind,
    task,
    activation,
    columns,
    hidden,
    classes,
    columnScale: columnScale
      ? { shift: Array.from(columnScale.shift), factor: Array.from(columnScale.factor) }
      : null,
    ...(unitRows && { unitRows }),
  };
  const tensors: Record<string, { shape: number[]; data: Float32Array }> = {};
  for (const [l, { weight, bias }] of (await head.readLayers()).entries()) {
    const outputs = bias.length;
    tensors[`${2 * l}.weight`] = {
      shape: [outputs, weight.length / outputs],
      data: Float32Array.from(weight),
    };
    tensors[`${2 * l}.bias`] = { shape: [outputs], data: Float32Array.from(bias) };
  }
  return encodeSafetensors(tensors, {
    format: "pt",
    ...metadata,
    creel: JSON.stringify(header),
  });
}

/**
 * Loads a head from a file that {@linkcode saveHead} wrote. PyTorch may have changed the weights.
 *
 * @param device the device of the head
 * @param bytes the bytes of the file
 * @param options the name of the file in error messages. Default `head.safetensors`
 * @returns the head, the caller's to dispose
 * @throws {InputError} if the file is damaged, does not contain a head, was written by a newer
 * version, or a weight is not finite
 * @throws {DeviceError} if the head does not fit into memory
 */
export async function loadHead(
  device: Device,
  bytes: Uint8Array | ArrayBuffer,
  { name = "head.safetensors" }: { name?: string } = {},
): Promise<Head> {
  const file = await openSafetensors(bytesOf(name, bytes));
  const { creel, ...metadata } = file.metadata;
  if (creel === undefined) {
    throw new InputError(`Cannot read a head from ${name}: its metadata has no entry creel`);
  }
  const header = parseHeader(creel, name);
  const { task, activation, columns, hidden, classes } = header;
  const widths = [columns, ...hidden, classes];
  const layers: LayerValues[] = [];
  for (const [l, { inputs, outputs }] of new Layout(widths).layers.entries()) {
    checkShape(file, `${2 * l}.weight`, [outputs, inputs], name);
    checkShape(file, `${2 * l}.bias`, [outputs], name);
    const weight = await readAll(matrixRows(file.open(`${2 * l}.weight`)));
    const bias = Float64Array.from((await readVector(file.open(`${2 * l}.bias`))).values, Number);
    const bad = bias.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new InputError(
        `Cannot read a head from ${name}: ${bias[bad]} in ${2 * l}.bias at ${bad} is not finite`,
      );
    }
    layers.push({ weight, bias });
  }
  const columnScale = header.columnScale ? scaleOf(header.columnScale, columns, name) : undefined;
  // Files without `unitRows` may have the scale in their metadata, where `creel train` wrote it.
  const unitRows = header.unitRows ?? metadata["scale"] === "l2";
  const description = { task, widths, activation, columnScale, unitRows, metadata };
  return Head.fromLayers(device, layers, description);
}

function parseHeader(text: string, name: string): Header {
  const damaged = `Cannot read a head from ${name}: its creel entry is damaged`;
  let header: Partial<Header> | null;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new InputError(damaged, { cause: error });
  }
  if (typeof header !== "object" || header === null) throw new InputError(damaged);
  const {
    version,
    kind,
    task,
    activation,
    columns,
    hidden,
    classes,
    columnScale,
    unitRows = false,
  } = header;
  if (!isWidth(version)) throw new InputError(damaged);
  if (version > VERSION) {
    throw new InputError(
      `Cannot read a head from ${name}: it has version ${version}, and this program knows ` +
        `versions up to ${VERSION}`,
    );
  }
  const sound = (task === "classification" || task === "multilabel" || task === "regression") &&
    (activation === "relu" || activation === "gelu") &&
    isWidth(columns) && isWidth(classes) && Array.isArray(hidden) && hidden.every(isWidth) &&
    kind === (hidden.length > 0 ? "mlp" : "linear") && typeof columnScale === "object" &&
    typeof unitRows === "boolean";
  if (!sound) throw new InputError(damaged);
  return header as Header;
}

function isWidth(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function scaleOf(
  { shift, factor }: NonNullable<Header["columnScale"]>,
  columns: number,
  name: string,
): ColumnScale {
  for (const values of [shift, factor]) {
    if (Array.isArray(values) && values.length === columns && values.every(Number.isFinite)) {
      continue;
    }
    throw new InputError(
      `Cannot read a head from ${name}: its column scale is not ${columns} numbers each`,
    );
  }
  return { shift: Float32Array.from(shift), factor: Float32Array.from(factor) };
}

function checkShape(
  { tensors }: Safetensors,
  key: string,
  expected: readonly number[],
  name: string,
): void {
  const found = tensors.get(key)?.shape;
  if (found && shapeText(found) === shapeText(expected)) return;
  throw new InputError(
    `Cannot read a head from ${name}: ${key} ${
      found ? `has shape ${shapeText(found)}` : "is missing"
    }, and ${shapeText(expected)} is needed`,
  );
}
