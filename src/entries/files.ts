/**
 * Files by their paths, for Deno and Node; `@creel/creel/datasets` reads them as bytes, in browsers
 * too.
 *
 * @module
 */

export * from "../io/dataset.ts";
export * from "./datasets.ts";
