/**
 * The predicted class, for the CPU twins of kernels.
 *
 * @module
 */

/** Returns the index of the largest of some numbers; of equal ones the lowest index. */
export function topClass(classes: number, value: (k: number) => number): number {
  let top = 0;
  for (let k = 1; k < classes; k++) if (value(k) > value(top)) top = k;
  return top;
}
