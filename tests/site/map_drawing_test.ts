/**
 * The map's coordinates and drawing on a real device. Chromium's SwiftShader cannot show a canvas
 * of WebGPU (it loses the device), and so a texture stands for the canvas.
 */

import assert from "node:assert/strict";
import { matrixOf, onScreen, START } from "../../docs/site/src/map/camera.ts";
import { project } from "../../docs/site/src/worker/components.ts";
import { MapDrawing } from "../../docs/site/src/worker/map-drawing.ts";
import { arrayRows, Pool } from "../../mod.ts";
import { deviceTest, gpuTest, Random } from "../fixture.ts";

const [ROWS, COLUMNS] = [301, 11];
const noise = new Random(5).normals(ROWS * COLUMNS);
// Three directions of different strength, and a mean that is not 0.
const data = noise.map((value, e) => value * ([9, 0.1, 5, 3][e % COLUMNS] ?? 0.1) + 7);

deviceTest("site: the map's axes are the principal components", async (device) => {
  using pool = await Pool.from(device, arrayRows("features", data, COLUMNS));
  const { points, center } = await project(pool);
  const values = await device.read(points);
  points.dispose();
  for (const [axis, column] of [0, 2, 3].entries()) {
    for (let i = 0; i < ROWS; i += 17) {
      const own = values[4 * i + axis]! - center[axis]!;
      const mean = data.filter((_, e) => e % COLUMNS === column).reduce((a, b) => a + b) / ROWS;
      const expected = data[i * COLUMNS + column]! - mean;
      assert.ok(Math.abs(own - expected) < 1.5, `${axis} of ${i}: ${own}, ${expected}`);
    }
  }
});

gpuTest("site: the map is drawn where the pointer finds the samples", async (device) => {
  const gpu = device.gpu!;
  const [width, height] = [64, 48];
  const places = [0.5, 0.25, 0, 0, -0.5, -0.25, 0.1, 0, 0, 0.4, -0.1, 0];
  using points = device.tensor("points", [3, 4], "real", places);
  device.submit();
  const format = navigator.gpu.getPreferredCanvasFormat();
  const texture = gpu.createTexture({ size: [width, height], format, usage: 0x10 | 0x1 });
  const context = { configure() {}, unconfigure() {}, getCurrentTexture: () => texture };
  const canvas = { width, height, getContext: () => context } as never;
  const drawing = new MapDrawing(canvas, gpu, points);
  const colors = Uint32Array.of(0xff0000ff, 0xff00ff00, 0xffff0000); // red, green, blue
  drawing.paint(colors);
  const matrix = matrixOf(START, width / height);
  const center = [0, 0, 0, 0];
  drawing.draw({ matrix, center, scale: 1, width, height });

  const bytes = gpu.createBuffer({ size: 256 * height, usage: 0x1 | 0x8 });
  const encoder = gpu.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture }, { buffer: bytes, bytesPerRow: 256 }, [width, height]);
  gpu.queue.submit([encoder.finish()]);
  await bytes.mapAsync(1);
  const pixels = new Uint8Array(bytes.getMappedRange());
  const seen = onScreen(matrix, Float32Array.from(places), center, 1, width, height);
  const blueFirst = format.startsWith("bgra");
  for (let i = 0; i < 3; i++) {
    const at = 256 * Math.floor(seen[2 * i + 1]!) + 4 * Math.floor(seen[2 * i]!);
    const color = Array.from(pixels.subarray(at, at + 4));
    const channel = blueFirst ? 2 - i : i;
    assert.deepEqual(color, [0, 1, 2].map((c) => c === channel ? 255 : 0).concat(255));
  }
  assert.deepEqual([...pixels.subarray(0, 4)], [0, 0, 0, 0]);
  drawing.dispose();
  texture.destroy();
  bytes.destroy();
});
