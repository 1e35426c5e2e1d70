/**
 * The image of a sample: drawn from the features if they are pixels.
 *
 * @module
 */

import { useEffect, useRef } from "preact/hooks";
import { theEngine } from "../state/actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import type { PixelShape } from "../worker/protocol.ts";

/** The image of a sample; its row number if there is no image. */
export function SampleImage({ row }: { row: number }) {
  const opened = store.opened.value;
  const shape = opened?.project.pixels;
  if (opened?.project.images) return <Picture key={`${opened.project.id} ${row}`} row={row} />;
  if (!opened?.pixels || !shape) return <span class="no-image">{text.row(row)}</span>;
  return <Pixels row={row} shape={shape} levels={opened.pixels} />;
}

/** An image from a file, in its own size. */
function Picture({ row }: { row: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let gone = false;
    void theEngine().image(row).then(async (blob) => {
      if (!blob) return;
      const image = await createImageBitmap(blob);
      if (!gone) {
        canvas.current!.width = image.width;
        canvas.current!.height = image.height;
        canvas.current!.getContext("2d")!.drawImage(image, 0, 0);
      }
      image.close();
    }).catch(() => {}); // The tile stays empty: a damaged image can still be skipped.
    return () => gone = true;
  }, [row]);
  return <canvas ref={canvas} class="pixels" aria-hidden="true" />;
}

function Pixels({ row, shape, levels }: { row: number; shape: PixelShape; levels: Uint8Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, channels } = shape;
  useEffect(() => {
    canvas.current!.getContext("2d")!.putImageData(imageOf(row, shape, levels), 0, 0);
  }, [row, levels]);
  return (
    <canvas
      ref={canvas}
      class={channels === 1 ? "pixels ink" : "pixels"}
      width={width}
      height={height}
      aria-hidden="true"
    />
  );
}

/** Gray levels become ink on paper, so that images suit light and dark pages. */
export function imageOf(row: number, shape: PixelShape, levels: Uint8Array): ImageData {
  const { width, height, channels } = shape;
  const image = new ImageData(width, height);
  const first = row * width * height * channels;
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (channels === 1) image.data[4 * pixel + 3] = levels[first + pixel]!;
    else {
      const at = first + 3 * pixel;
      image.data.set([levels[at]!, levels[at + 1]!, levels[at + 2]!, 255], 4 * pixel);
    }
  }
  return image;
}
