/**
 * Heads for features as the backbone gives them.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { type Head, NetworkHead } from "./head.ts";
import { type LayerValues, Layout } from "./layout.ts";

/**
 * The same head for features whose columns were not standardized: the scale moves into the first layer,
 * `W (x - shift) factor + b = (W factor) x + (b - W factor shift)`.
 *
 * @param device where it is to be
 * @param head a head of any kind
 * @returns a head without a column scale, the caller's to dispose
 * @throws {DeviceError} if it does not fit on the device
 */
export async function rawHead(device: Device, head: Head): Promise<Head> {
  const { task, columns, hidden, classes, activation, columnScale, metadata, report } = head;
  const widths = [columns, ...hidden, classes];
  const layout = new Layout(widths);
  const [first, ...rest] = await head.readLayers() as [LayerValues, ...LayerValues[]];
  const { shift, factor } = columnScale ?? { shift: [], factor: [] };
  const weight = Float64Array.from(first.weight, (w, e) => w * (factor[e % columns] ?? 1));
  const bias = Float64Array.from(first.bias);
  weight.forEach((w, e) => bias[Math.floor(e / columns)]! -= w * (shift[e % columns] ?? 0));
  const values = layout.pack([{ weight, bias }, ...rest]);
  const parameters = device.tensor("parameters of the head", [layout.size], "real", values);
  return new NetworkHead(device, parameters, {
    task,
    widths,
    activation,
    columnScale: undefined,
    metadata,
    report,
  });
}
