/**
 * Features of images without a backbone: the colors of small thumbnails. They tell simple images
 * apart; features of a backbone, given as a file beside the images, are far better.
 *
 * @module
 */

import { encodeNpy } from "../../../../src/io/numpy/npy.ts";
import { InputError } from "../creel.ts";

/** The width and height of a thumbnail, in pixels. */
const SIDE = 16;

/** The number of images that are decoded at a time. */
const TOGETHER = 8;

/**
 * Computes features of images.
 *
 * @param images the images
 * @param onProgress receives the number of finished images
 * @returns a .npy file with the features, `[n, 768]`, 0 to 1
 * @throws {InputError} if an image cannot be read
 */
export async function thumbnailFeatures(
  images: readonly File[],
  onProgress: (done: number) => void,
): Promise<File> {
  const columns = SIDE * SIDE * 3;
  const features = new Float32Array(images.length * columns);
  for (let first = 0; first < images.length; first += TOGETHER) {
    const some = images.slice(first, first + TOGETHER);
    const colors = await Promise.all(some.map(colorsOf));
    colors.forEach((own, at) => features.set(own, (first + at) * columns));
    onProgress(first + some.length);
  }
  return new File([encodeNpy(features, [images.length, columns])], "images.npy");
}

async function colorsOf(image: File): Promise<Float32Array> {
  let bitmap: ImageBitmap;
  try {
    const size = { resizeWidth: SIDE, resizeHeight: SIDE, resizeQuality: "high" } as const;
    bitmap = await createImageBitmap(image, size);
  } catch (error) {
    throw new InputError(`Cannot read ${image.name}: it is no image that this browser knows`, {
      cause: error,
    });
  }
  const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Float32Array.from(data.filter((_, at) => at % 4 < 3), (level) => level / 255);
}
