/**
 * A head from a file.
 *
 * @module
 */

import type { Device } from "../device/device.ts";
import { InputError } from "../errors.ts";
import type { Head } from "../head/head.ts";
import { loadHead } from "../head/save.ts";
import { openFile } from "../io/file.ts";
import { readBytes } from "../io/bytes.ts";
import type { RowSource } from "../io/rows.ts";
import type { Given } from "./command.ts";

/**
 * Opens the head of `--head`.
 *
 * @param device where it is to be
 * @param path its file; without one there is no head
 * @param features of the pool, as the file has them
 * @param given the other options: the head says what is done to the features, so `scale` must not
 * @returns the head, the caller's to dispose
 * @throws {InputError} if it is no head for classes of features this wide, or there is a scale
 */
export async function openHead(
  device: Device,
  path: string | undefined,
  features: RowSource,
  given: Given,
): Promise<Head | undefined> {
  if (path === undefined) return undefined;
  if (given["scale"] !== undefined) {
    throw new InputError("Give --head or --scale, not both: a head says how features are scaled");
  }
  await using file = await openFile(path);
  using undo = new DisposableStack();
  const head = await loadHead(device, await readBytes(file, 0, file.size), { name: path });
  undo.use(head);
  checkFits(head, features, path);
  undo.move();
  return head;
}

function checkFits({ task, columns }: Head, features: RowSource, path: string): void {
  if (task !== "classification") {
    throw new InputError(`Cannot select with ${path}: it predicts values, and classes are needed`);
  }
  if (columns !== features.columns) {
    throw new InputError(
      `Cannot use ${path}: it is for ${columns} features, and ${features.name} has ` +
        `${features.columns}`,
    );
  }
}
