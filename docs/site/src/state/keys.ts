/**
 * The keys of the classes.
 *
 * @module
 */

/** Keys that have another meaning. */
const RESERVED = new Set(["s", "?"]);

const SPARE = [..."1234567890abcdefghijklmnopqrtuvwxyz"];

/**
 * A key for each class: its name if that is one character; else the first free letter of its name;
 * else the first free digit or letter; none if they are used up.
 */
export function keysOf(classes: readonly string[]): readonly (string | undefined)[] {
  const keys = new Array<string | undefined>(classes.length).fill(undefined);
  const used = new Set(RESERVED);
  const choose = (at: number, letters: readonly string[]) => {
    const free = letters.find((letter) => /^[a-z0-9]$/.test(letter) && !used.has(letter));
    if (free === undefined || keys[at] !== undefined) return;
    keys[at] = free;
    used.add(free);
  };
  classes.forEach((name, at) => [...name].length === 1 && choose(at, [name.toLowerCase()]));
  classes.forEach((name, at) => choose(at, [...name.toLowerCase()]));
  classes.forEach((_, at) => choose(at, SPARE));
  return keys;
}
