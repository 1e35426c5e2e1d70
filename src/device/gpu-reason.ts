/**
 * The messages of WebGPU's errors.
 *
 * @module
 */

/** The message of what WebGPU threw or rejected with, in one line. */
export function gpuReason(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return String(message ?? error).trim().replace(/\s+/g, " ");
}
