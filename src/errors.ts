/**
 * The error classes of Creel. Every message is one sentence in sentence case without a final
 * period: what was found, what is allowed, and where.
 *
 * @module
 */

/**
 * Thrown if the input or an argument is wrong: a malformed file, a budget larger than the pool, an
 * unknown option. The command line ends with exit status 2.
 */
export class InputError extends Error {
  /** The class name, so that the error survives serialization. */
  override readonly name = "InputError";
}

/**
 * Thrown if the device fails: there is no adapter, memory does not suffice, the device was lost, or
 * a shader does not compile. The command line ends with exit status 3.
 */
export class DeviceError extends Error {
  /** The class name, so that the error survives serialization. */
  override readonly name = "DeviceError";
}
