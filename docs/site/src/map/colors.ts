/**
 * The colors of the map, as RGBA bytes in a word. Alpha says how large a disk is.
 *
 * @module
 */

import type { MapData } from "../worker/protocol.ts";

/** What the color of a sample says. */
export type ColorBy = "class" | "uncertainty";

const SMALL = 0;
const LARGE = 160;

/**
 * Colors all samples.
 *
 * @param map the map
 * @param by what the color says
 * @param classes K
 * @param labels the class of each labeled sample, which is drawn larger
 * @param dark whether the page is dark
 */
export function colorsOf(
  { predicted, uncertainty }: MapData,
  by: ColorBy,
  classes: number,
  labels: ReadonlyMap<number, number>,
  dark: boolean,
): Uint32Array<ArrayBuffer> {
  const gray = dark ? [96, 106, 110] : [176, 180, 178];
  const accent = dark ? [79, 199, 186] : [15, 118, 110];
  const palette = Array.from({ length: classes }, (_, k) => classColor(k, classes, dark));
  return Uint32Array.from(predicted, (own, i) => {
    const label = labels.get(i);
    const size = label === undefined ? SMALL : LARGE;
    if (by === "class") return word(palette[label ?? own] ?? gray, size);
    const share = uncertainty[i]!;
    return word(gray.map((from, c) => from + (accent[c]! - from) * share), size);
  });
}

/** The color of a class: hues at equal distances, equally bright. */
export function classColor(k: number, classes: number, dark: boolean): number[] {
  const hue = 360 * k / Math.max(1, classes) + 172;
  const [saturation, lightness] = [0.55, dark ? 0.62 : 0.45];
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((n) => {
    const place = (n + hue / 30) % 12;
    return 255 * (lightness - chroma * Math.max(-1, Math.min(place - 3, 9 - place, 1)));
  });
}

function word([r, g, b]: readonly number[], a: number): number {
  return (Math.round(r!) | Math.round(g!) << 8 | Math.round(b!) << 16 | a << 24) >>> 0;
}
