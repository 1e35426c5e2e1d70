/**
 * Which samples are under the pointer, or inside a lasso.
 *
 * @module
 */

/** The farthest that a sample may be from the pointer, in pixels. */
const REACH = 14;

/** The sample nearest to a place on the screen; undefined if none is near. */
export function nearestTo(places: Float32Array, x: number, y: number): number | undefined {
  let best: number | undefined;
  let least = REACH ** 2;
  for (let i = 0; 2 * i < places.length; i++) {
    const distance = (places[2 * i]! - x) ** 2 + (places[2 * i + 1]! - y) ** 2;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** The samples inside a closed line (even-odd rule). */
export function insideOf(
  places: Float32Array,
  line: readonly (readonly [number, number])[],
): number[] {
  const inside: number[] = [];
  for (let i = 0; 2 * i < places.length; i++) {
    if (contains(line, places[2 * i]!, places[2 * i + 1]!)) inside.push(i);
  }
  return inside;
}

function contains(line: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let odd = false;
  line.forEach(([ax, ay], at) => {
    const [bx, by] = line[(at + 1) % line.length]!;
    if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) odd = !odd;
  });
  return odd;
}
