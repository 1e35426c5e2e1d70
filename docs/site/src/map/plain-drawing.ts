/**
 * Draws the map without WebGPU: small squares in an image.
 *
 * @module
 */

/** The number of samples below which they are drawn a little larger. */
const FEW = 5000;

/**
 * Draws all samples.
 *
 * @param context the canvas
 * @param places where the samples are, `[n, 2]`, in pixels of the canvas
 * @param colors the colors of the samples
 * @param ratio the pixels of the canvas in one pixel of the page
 */
export function drawPlain(
  context: CanvasRenderingContext2D,
  places: Float32Array,
  colors: Uint32Array,
  ratio: number,
): void {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const small = colors.length < FEW ? 2 : 1.5;
  for (let i = 0; i < colors.length; i++) {
    const color = colors[i]!;
    const radius = (color >>> 24 > 0 ? 2.5 : small) * ratio;
    const [x, y] = [places[2 * i]!, places[2 * i + 1]!];
    if (!(x >= radius && y >= radius && x < width - radius && y < height - radius)) continue;
    const [left, right] = [Math.round(x - radius), Math.round(x + radius)];
    const opaque = (color | 0xff000000) >>> 0;
    for (let row = Math.round(y - radius); row < Math.round(y + radius); row++) {
      pixels.fill(opaque, row * width + left, row * width + right);
    }
  }
  context.putImageData(image, 0, 0);
}
