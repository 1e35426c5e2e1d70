/**
 * The similarity of two samples, for the CPU twins of the coverage kernels.
 *
 * @module
 */

/** `exp(-scale d)` of a squared distance d, or, if `ball` is 1, whether d is below `scale`. */
export function similarity(distance: number, scale: number, ball: number): number {
  if (ball === 1) return distance < scale ? 1 : 0;
  return Math.exp(-scale * distance);
}
