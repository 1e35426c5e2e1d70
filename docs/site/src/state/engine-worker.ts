/**
 * The worker that computes, started by whichever script of the page runs first.
 *
 * @module
 */

/** The page's global object. */
interface WithEngine {
  /** The worker, once it is started. */
  creelEngine?: Worker;
}

/** The worker. */
export function engineWorker(): Worker {
  return (globalThis as WithEngine).creelEngine ??= workerNamed("engine", location.search);
}

/** Starts a worker; the build writes the modules of workers beside the page. */
export function workerNamed(name: string, search = ""): Worker {
  const address = new URL(`${name}.js${search}`, document.baseURI);
  return new Worker(address, { type: "module", name });
}
