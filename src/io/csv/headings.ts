/**
 * What columns of a table are called that are not features. Tables name the value of one sample, so
 * besides the plurals that .npz files use there are the singulars.
 *
 * @module
 */

/** Names that a column of each kind may have. */
export const headings: Readonly<Record<string, readonly string[]>> = {
  labels: ["labels", "label"],
  labeled: ["labeled"],
  targets: ["targets", "target"],
};
