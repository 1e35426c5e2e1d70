/**
 * Finds the known name that is nearest to a mistyped one.
 *
 * @module
 */

/**
 * Returns the known name with the fewest edits, if they are few enough for a typo. Names that
 * contain the whole word come first, such as `webgpu` for `gpu`.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const holding = name.length < 3 ? [] : known.filter((candidate) => candidate.includes(name));
  let best: string | undefined;
  let fewest = holding.length > 0 ? Infinity : Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of holding.length > 0 ? holding : known) {
    const edits = editDistance(name, candidate);
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

/** The Levenshtein distance: insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(substitution, row[j]! + 1, next[j - 1]! + 1);
    }
    row = next;
  }
  return row[b.length]!;
}
