/**
 * The predicted class, for the twins of kernels.
 *
 * @module
 */

/** The index of the largest of some numbers; of equal ones the first. */
export function topClass(classes: number, value: (k: number) => number): number {
  let top = 0;
  for (let k = 1; k < classes; k++) if (value(k) > value(top)) top = k;
  return top;
}
