/**
 * Loads a head from a file.
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
 * Loads the head of `--head`.
 *
 * @param device the device for the head
 * @param path the file; undefined without `--head`
 * @param features the features of the pool, as stored in the file
 * @param given the options; `--scale` must not be set, because the head has its own scaling
 * @returns the head, owned by the caller; undefined without `--head`
 * @throws {InputError} if the file is no classification head for the features of the pool, or
 * `--scale` is set
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
  if (task === "regression") {
    throw new InputError(`Cannot select with ${path}: it predicts values, and classes are needed`);
  }
  if (columns !== features.columns) {
    throw new InputError(
      `Cannot use ${path}: it is for ${columns} features, and ${features.name} has ` +
        `${features.columns}`,
    );
  }
}
