/**
 * Control characters in texts for the terminal. The names of files, columns, classes and strategies
 * come from others, and an escape sequence in one of them could hide or forge what Creel says.
 *
 * @module
 */

/**
 * Control characters (C0 except line breaks, DEL, C1), Unicode's line breaks, and the characters
 * that reverse the direction of text.
 */
// deno-lint-ignore no-control-regex
const HIDDEN = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Replaces control characters by escapes such as `\u001b`, which have the same meaning in a string
 * of JSON. Line breaks stay.
 */
export function visible(text: string): string {
  return text.replace(
    HIDDEN,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** As {@linkcode visible}, but line breaks are escaped, too, for texts of one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll("\n", "\\n");
}
