/**
 * The version of Creel.
 *
 * @module
 */

/** The version, that of the package. */
export const VERSION = "0.1.0";
