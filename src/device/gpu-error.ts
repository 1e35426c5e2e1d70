/**
 * Errors of WebGPU as errors of Creel.
 *
 * @module
 */

import { DeviceError } from "../errors.ts";

/**
 * Makes a DeviceError, with a message of one line.
 *
 * @param failed what failed, the start of the message
 * @param error what WebGPU threw, rejected with or reported; a DeviceError is returned unchanged
 */
export function gpuError(failed: string, error: unknown): DeviceError {
  if (error instanceof DeviceError) return error;
  // Those of wgpu have several lines.
  const reason = `${(error as Error | null)?.message ?? error}`.replace(/\s+/g, " ");
  return new DeviceError(`${failed}: ${reason}`, { cause: error });
}
