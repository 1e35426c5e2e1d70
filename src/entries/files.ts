/**
 * Reads files by their paths, in Deno and Node; `@creel/creel/datasets` reads them as bytes, also
 * in browsers.
 *
 * @module
 */

export * from "../io/dataset.ts";
export * from "./datasets.ts";
