/**
 * Texts of any length in error messages, which must fit a terminal.
 *
 * @module
 */

/** The most characters of a name or a value in a message. */
const MAX_LENGTH = 80;

/** The most names in a list in a message. */
const MAX_NAMES = 20;

/** Returns a text, or its start and "..." if it is long. */
export function shortened(text: string, maxLength: number = MAX_LENGTH): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
}

/** Joins names with commas; of many it returns the first, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => shortened(name)).join(", ");
  const more = names.length - MAX_NAMES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
