/**
 * The readers of all file formats, as a chunk that is loaded with the first file.
 *
 * @module
 */

export { readDataset } from "../../../../src/io/read-dataset.ts";
