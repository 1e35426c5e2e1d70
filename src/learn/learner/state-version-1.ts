/**
 * Version 1 of the format of saved learners, which used British spelling in some words. Its content
 * is that of version 2.
 *
 * @module
 */

/** The words of version 1, by the words of version 2. */
const WORDS = {
  labeled: "labelled",
  unlabeled: "unlabelled",
  relabeled: "relabelled",
  includeLabeled: "includeLabelled",
} as const;

type Plain = Readonly<Record<string, unknown>>;

/** Converts an entry of version 1 (an event, or the options of a strategy) to version 2. */
export function fromVersion1(entry: Plain): Plain {
  const modern = Object.entries(WORDS).map(([word, old]) => [old, word] as const);
  return reworded(entry, Object.fromEntries(modern));
}

/** Converts a state to version 1, for its digest. */
export function toVersion1(state: {
  readonly settings: { readonly strategyOptions: object };
  readonly events: readonly object[];
}): unknown {
  const { settings, events } = state;
  return {
    ...state,
    version: 1,
    settings: { ...settings, strategyOptions: reworded({ ...settings.strategyOptions }, WORDS) },
    events: events.map((event) => reworded({ ...event }, WORDS)),
  };
}

/** Renames the properties and the kind of an entry. */
function reworded(entry: Plain, words: Readonly<Record<string, string>>): Plain {
  const wordOf = (word: string) => Object.hasOwn(words, word) ? words[word]! : word;
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      wordOf(name),
      name === "kind" && typeof value === "string" ? wordOf(value) : value,
    ]),
  );
}
