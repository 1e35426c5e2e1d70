/**
 * How similar two samples are, for the twins of the coverage kernels.
 *
 * @module
 */

/** `exp(-scale d)` of a squared distance d, or, where `ball` is 1, whether it is below `scale`. */
export function similarity(distance: number, scale: number, ball: number): number {
  if (ball === 1) return distance < scale ? 1 : 0;
  return Math.exp(-scale * distance);
}
