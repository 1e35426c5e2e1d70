/**
 * Pools that exceed the memory of their device. Their blocks take turns in the memory: when a
 * kernel reads one, it is read again from its file, or uploaded from the host. The numbers on the
 * device are those of a pool that it holds whole, computed in the same way.
 *
 * This module is loaded when it is needed, so that a page does not pay for it.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { Frames, PagedTensor } from "../device/paged-tensor.ts";
import { formatBytes, type Tensor, type Values } from "../device/tensor.ts";
import { ResourceStack } from "../disposal.ts";
import { DeviceError } from "../errors.ts";
import { nativeHalfArray } from "../half-floats.ts";
import type { RowSource } from "../io/rows.ts";
import { type Block, blockRows, divide, type FeatureStorage, rowSize } from "./blocks.ts";
import type { Scaling } from "./column-scale.ts";
import { fillRows, uploads, type Visit } from "./fill.ts";
import { Magnitudes } from "./magnitudes.ts";
import type { StreamedRows } from "./pool.ts";
import { normalize } from "./scale-blocks.ts";
import { dividesRows, type Scale, scaleOnDevice, scaleOnHost, scalingOf } from "./store-rows.ts";

/** The share of the free memory that a block may take. */
const BLOCK_SHARE = 0.08;

/** The number of half floats that are read at a time. */
const CHUNK_HALVES = 2 ** 21;

/** The share that blocks may take at the start; what the selection needs is taken back. */
const FRAMES_SHARE = 0.75;

/**
 * Makes the blocks of a pool that the device cannot hold. All rows are read once, and checked.
 *
 * A source with `readSync`, such as most files, is read again whenever a block is needed, so it
 * must stay open and must not change. For a GPU, the rows of others are kept on the host.
 *
 * @param device the device
 * @param source the features
 * @param storage the number type
 * @param scale how the features are scaled
 * @returns the blocks, or undefined if they can only be held whole, for which there is room
 * @throws {DeviceError} if two blocks of 256 rows do not fit, or on the CPU device the source
 * cannot be read again
 */
export async function streamRows(
  device: Device,
  source: RowSource,
  storage: FeatureStorage,
  scale: Scale | Scaling,
): Promise<StreamedRows | undefined> {
  const { name, rows, columns } = source;
  const { memory } = device;
  const room = memory.budget - memory.bytes;
  const { stride, rowBytes } = rowSize(columns, storage);
  if (!source.readSync && device.kind === "cpu") {
    if (rows * rowBytes <= room) return undefined;
    throw new DeviceError(
      `Cannot stream ${name}, ${formatBytes(rows * rowBytes)}, with ${formatBytes(room)} of ` +
        "memory on the CPU device: it cannot be read block by block again, but a .npy file can",
    );
  }
  const scaling = await scalingOf(source, scale);
  using undo = new ResourceStack();
  const frames = undo.use(framesFor(device, rows, columns, storage));
  const frame = frames.first;
  const length = frame.shape[0]!;
  const halves = storage === "f16";
  const unscaled = halves && !scaling.columnScale && !scaling.unitRows;
  const magnitudes = new Magnitudes(source, dividesRows(scale));
  const scaleHalves: Visit = (values) => {
    if (halves) scaleOnHost(values, columns, scaling);
  };
  const finish = (place: Block) => {
    if (!halves) scaleOnDevice(device, [place], scaling);
  };
  /** The rows of each block on the host, if they cannot be read again. */
  const kept = new Map<number, Values>();
  const load = (place: Block) => {
    const values = kept.get(place.base);
    if (values) return device.write(place.features, values);
    if (unscaled && columns === stride && uploadHalves(device, source, place)) return;
    for (const [start, target] of uploads(device, source, place, scaleHalves)) {
      source.readSync!(start, target);
    }
    finish(place);
  };
  for (let base = 0; base < rows; base += length) {
    const place = { features: frame, base, rows: Math.min(length, rows - base) };
    await fillRows(device, source, place, (values) => {
      magnitudes.add(values);
      scaleHalves(values);
    });
    if (source.readSync) continue;
    finish(place);
    kept.set(base, await device.read(frame, 0, place.rows * stride));
  }
  const largest = magnitudes.largest(scaling);
  const blocksWith = (loader: (place: Block) => void) =>
    divide(rows, length, (label, count, base) => {
      const own = { label, shape: [count, stride], dtype: storage };
      const fill = (features: Tensor) => loader({ features, base, rows: count });
      return new PagedTensor(own, frames, fill, device);
    });
  const blocks = blocksWith(load);
  undo.move();
  device.streams = {
    async best(tensor, offset) {
      const numbers = await device.read(tensor, offset);
      let best = 0;
      for (let at = 1; at < numbers.length; at++) if (numbers[at]! > numbers[best]!) best = at;
      return best;
    },
    async holder(tensor, at) {
      const [row] = await device.read(tensor, at, 1);
      return ({ base, rows }) => row! >= base && row! < base + rows;
    },
  };
  return {
    ...scaling,
    largest,
    blocks,
    note: `Streaming ${name}, ${formatBytes(rows * rowBytes)}, in ${blocks.length} blocks once a ` +
      `pick: the device has room for ${formatBytes(room)}`,
    normalized: () =>
      blocksWith((place) => {
        load(place);
        normalize(device, [place]);
      }),
  };
}

/**
 * Uploads half floats as they are stored, ten times faster than through floats; returns whether
 * that is possible.
 */
function uploadHalves(device: Device, source: RowSource, { features, base, rows }: Block): boolean {
  const Halves = nativeHalfArray();
  if (!Halves || !source.readHalvesSync) return false;
  const { columns } = source;
  const step = Math.min(rows, Math.max(1, Math.floor(CHUNK_HALVES / columns)));
  const buffer = new ArrayBuffer(2 * step * columns);
  for (let row = 0; row < rows; row += step) {
    const length = Math.min(step, rows - row) * columns;
    source.readHalvesSync(base + row, new Uint16Array(buffer, 0, length));
    device.write(features, new Halves(buffer, 0, length), row * columns);
  }
  return true;
}

/** Allocates the memory in which the blocks take turns: at least two of them. */
function framesFor(device: Device, rows: number, columns: number, storage: FeatureStorage): Frames {
  const { memory } = device;
  const room = memory.budget - memory.bytes;
  const most = memory.bytes + FRAMES_SHARE * room;
  const length = Math.min(rows, blockRows(device, columns, storage, BLOCK_SHARE * room));
  const shape = [length, rowSize(columns, storage).stride];
  using undo = new ResourceStack();
  const tensors: Tensor[] = [];
  do tensors.push(undo.use(device.tensor("features in use", shape, storage))); while (
    tensors.length < 2 || memory.bytes + tensors[0]!.bytes <= most
  );
  undo.move();
  return new Frames(memory, tensors);
}
