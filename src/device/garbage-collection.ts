/**
 * Hints to the garbage collector of Deno, which does not know how large a GPUDevice is.
 *
 * In Deno a destroyed GPUDevice keeps its memory and a thread, about 4 MB with the software driver,
 * until its JavaScript object is collected. The collector sees only a few bytes: a program that
 * opened and disposed of 200 devices grew from 50 to 860 MB with 211 threads, and with these hints
 * it stays below 200 MB and 25 threads (Deno 2.9, lavapipe, November 2026). In browsers destroying
 * a device is enough.
 *
 * @module
 */

/** How much memory the collector is made to believe in, in bytes. It is never touched. */
const BELIEVED_BYTES = 64 * 2 ** 20;

/** Makes the collector consider a collection; called when a device is destroyed. */
export function suggestCollection(): void {
  if ("Deno" in globalThis) new ArrayBuffer(BELIEVED_BYTES);
}

/** Gives a suggested collection the time to run; awaited when a device is opened. */
export async function allowCollection(): Promise<void> {
  if ("Deno" in globalThis) await new Promise((resolve) => setTimeout(resolve));
}
