/**
 * The names of columns that are not features: the plurals that .npz files use, and the singulars
 * that are usual in tables.
 *
 * @module
 */

/** The allowed names of the columns of each kind. */
export const HEADINGS: Readonly<Record<string, readonly string[]>> = {
  labels: ["labels", "label"],
  labeled: ["labeled"],
  targets: ["targets", "target"],
};
