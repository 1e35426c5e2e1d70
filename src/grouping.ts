/**
 * Grouping of items, for browsers from before 2024, which lack `Map.groupBy`.
 *
 * @module
 */

/** Groups items by a key; keys and items stay in the order in which they first occur. */
export function groupBy<Item, Key>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
