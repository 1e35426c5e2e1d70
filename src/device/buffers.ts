/**
 * Creation of buffers on a GPUDevice.
 *
 * @module
 */

import { DeviceError } from "../errors.ts";
import { gpuError } from "./gpu-error.ts";
import { formatBytes, type Ledger } from "./tensor.ts";

/** The description of a buffer with a label. */
type LabeledBuffer = GPUBufferDescriptor & { readonly label: string };

/**
 * Creates a buffer.
 *
 * @param gpu the device
 * @param descriptor the label, the size and the usage of the buffer
 * @throws {DeviceError} if WebGPU throws; most errors go to the error scope of the caller instead
 */
export function createBuffer(
  gpu: GPUDevice,
  descriptor: LabeledBuffer,
): GPUBuffer {
  try {
    return gpu.createBuffer(descriptor);
  } catch (error) {
    const { size, label } = descriptor;
    throw gpuError(`Cannot allocate ${formatBytes(size)} for ${label}`, error);
  }
}

/**
 * Creates a buffer in an error scope of its own, and adds it to a ledger.
 *
 * @param gpu the device
 * @param ledger the account of the device, which releases the bytes with the buffer
 * @param descriptor the label, the size and the usage of the buffer
 * @param watch receives a promise that rejects with a DeviceError if the memory does not suffice
 * @throws {DeviceError} as {@linkcode createBuffer}, or if the budget would be exceeded; then the
 * ledger does not change
 */
export function allocateBuffer(
  gpu: GPUDevice,
  ledger: Ledger,
  descriptor: LabeledBuffer,
  watch: (check: Promise<void>) => void,
): GPUBuffer {
  const { size, label } = descriptor;
  ledger.take(size, label);
  gpu.pushErrorScope("out-of-memory");
  try {
    return createBuffer(gpu, descriptor);
  } catch (error) {
    ledger.release(size);
    throw error;
  } finally {
    watch(
      gpu.popErrorScope().then((error) => {
        if (!error) return;
        throw new DeviceError(
          `Cannot allocate ${formatBytes(size)} for ${label}: the GPU is out of memory`,
        );
      }),
    );
  }
}
