/**
 * The two ways in which Creel fails. Every message is one sentence in sentence case without a final
 * period: what was found, what is allowed, and where.
 *
 * @module
 */

/**
 * The input or the call is wrong: a malformed file, a budget that cannot be met, an unknown option.
 * The command line ends with exit status 2.
 */
export class InputError extends Error {
  /** The class name, so that the error survives serialization. */
  override readonly name = "InputError";
}

/**
 * The device could not do it: no adapter, out of memory, lost, or a shader it rejects.
 * The command line ends with exit status 3.
 */
export class DeviceError extends Error {
  /** The class name, so that the error survives serialization. */
  override readonly name = "DeviceError";
}
