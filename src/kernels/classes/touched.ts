/**
 * The layout of the classes that a pick touches, which the kernels of `fisher: "classes"` share:
 * for each of its q classes the class, the entry of the pick in it, the range of the entries of the
 * class, and the range of its list of dual rows before the pick.
 *
 * @module
 */

/** The number of elements for one class of a pick. */
export const TOUCH = 6;

/** The number of threads that share a row of features. */
export const ROW_LANES = 8;

/** The number of rows of features of a workgroup. */
export const GROUP_ROWS = 32;
