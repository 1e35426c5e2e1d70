/**
 * Version 1 of the format of saved learners, which spelled some of its words the British way. What it says is
 * what version 2 says.
 *
 * @module
 */

/** The words of version 1, by those of version 2. */
const WORDS = {
  labeled: "labelled",
  unlabeled: "unlabelled",
  relabeled: "relabelled",
  includeLabeled: "includeLabelled",
} as const;

type Plain = Readonly<Record<string, unknown>>;

/** An entry of version 1 (an event, or the options of a strategy) in the words of version 2. */
export function fromVersion1(entry: Plain): Plain {
  const modern = Object.entries(WORDS).map(([word, old]) => [old, word] as const);
  return reworded(entry, Object.fromEntries(modern));
}

/** A state as version 1 wrote it, which is what its digest was taken of. */
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

/** The same entry in other words; only names and the kind of an event are translated. */
function reworded(entry: Plain, words: Readonly<Record<string, string>>): Plain {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      words[name] ?? name,
      name === "kind" && typeof value === "string" ? words[value] ?? value : value,
    ]),
  );
}
