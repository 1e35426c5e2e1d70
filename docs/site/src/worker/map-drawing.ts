/**
 * Draws the map with WebGPU from the buffer in which the device computed it. One small square
 * quad a sample; the fragment shader cuts a disk out of it.
 *
 * @module
 */

import type { Tensor } from "../creel.ts";

const SHADER = /* wgsl */ `
struct View { matrix: mat4x4f, center: vec4f, size: vec2f, scale: f32, pad: f32 }
@group(0) @binding(0) var<storage, read> points: array<vec4f>;
@group(0) @binding(1) var<storage, read> colors: array<u32>;
@group(0) @binding(2) var<uniform> view: View;
struct Corner { @builtin(position) position: vec4f, @location(0) at: vec2f, @location(1) color: vec4f }

@vertex fn vertex(@builtin(vertex_index) corner: u32, @builtin(instance_index) i: u32) -> Corner {
  let at = vec2f(f32(corner & 1u), f32(corner >> 1u)) * 2.0 - 1.0;
  let color = unpack4x8unorm(colors[i]);
  let place = view.matrix * vec4f((points[i].xyz - view.center.xyz) * view.scale, 1.0);
  let radius = (4.0 + 4.0 * color.a) / view.size;
  return Corner(place + vec4f(at * radius * place.w, 0.0, 0.0), at, color);
}

@fragment fn fragment(corner: Corner) -> @location(0) vec4f {
  if (dot(corner.at, corner.at) > 1.0) { discard; }
  return vec4f(corner.color.rgb, 1.0);
}`;

/** A canvas of the page on which a worker draws. */
export class MapDrawing {
  readonly #context: GPUCanvasContext;
  readonly #pipeline: GPURenderPipeline;
  readonly #view: GPUBuffer;
  #colors: GPUBuffer | undefined;
  #group: GPUBindGroup | undefined;

  /**
   * Prepares drawing.
   *
   * @param canvas the canvas, whose control the page gave away
   * @param gpu the GPU of the device of the points
   * @param points the coordinates, `[n, 4]`
   */
  constructor(
    private readonly canvas: OffscreenCanvas,
    private readonly gpu: GPUDevice,
    private readonly points: Tensor,
  ) {
    this.#context = canvas.getContext("webgpu")!;
    const format = navigator.gpu.getPreferredCanvasFormat();
    this.#context.configure({ device: gpu, format, alphaMode: "premultiplied" });
    const module = gpu.createShaderModule({ label: "map", code: SHADER });
    this.#pipeline = gpu.createRenderPipeline({
      label: "map",
      layout: "auto",
      vertex: { module },
      fragment: { module, targets: [{ format }] },
      primitive: { topology: "triangle-strip" },
      depthStencil: { format: "depth24plus", depthWriteEnabled: true, depthCompare: "less" },
    });
    this.#view = gpu.createBuffer({ label: "view", size: 96, usage: 0x40 | 0x8 }); // UNIFORM | COPY_DST
  }

  /** Takes the colors, one RGBA of bytes a sample; a larger alpha is a larger disk. */
  paint(colors: Uint32Array<ArrayBuffer>): void {
    this.#colors?.destroy();
    const size = Math.max(4, colors.byteLength);
    this.#colors = this.gpu.createBuffer({ label: "colors", size, usage: 0x80 | 0x8 }); // STORAGE | COPY_DST
    this.gpu.queue.writeBuffer(this.#colors, 0, colors);
    this.#group = this.gpu.createBindGroup({
      layout: this.#pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: this.points.memory as GPUBuffer } },
        { binding: 1, resource: { buffer: this.#colors } },
        { binding: 2, resource: { buffer: this.#view } },
      ],
    });
  }

  /** Draws one frame. */
  draw({ matrix, center, scale, width, height }: MapFrame): void {
    if (!this.#group || width === 0 || height === 0) return;
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const values = Float32Array.of(...matrix, ...center, width, height, scale, 0);
    this.gpu.queue.writeBuffer(this.#view, 0, values);
    const depth = this.gpu.createTexture({
      size: [width, height],
      format: "depth24plus",
      usage: 0x10, // RENDER_ATTACHMENT
    });
    const encoder = this.gpu.createCommandEncoder({ label: "map" });
    const pass = encoder.beginRenderPass({
      colorAttachments: [{
        view: this.#context.getCurrentTexture().createView(),
        clearValue: [0, 0, 0, 0],
        loadOp: "clear",
        storeOp: "store",
      }],
      depthStencilAttachment: {
        view: depth.createView(),
        depthClearValue: 1,
        depthLoadOp: "clear",
        depthStoreOp: "discard",
      },
    });
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, this.#group);
    pass.draw(4, this.points.shape[0]!);
    pass.end();
    this.gpu.queue.submit([encoder.finish()]);
    depth.destroy();
  }

  /** Frees what drawing needed, but for the points. */
  dispose(): void {
    this.#colors?.destroy();
    this.#view.destroy();
    this.#context.unconfigure();
  }
}

/** The camera of one frame. */
export interface MapFrame {
  /** From coordinates to clip space, column-major, 16 numbers. */
  readonly matrix: ArrayLike<number> & Iterable<number>;
  /** The center of the map, 4 numbers. */
  readonly center: readonly number[];
  /** The factor of coordinates. */
  readonly scale: number;
  /** The width in pixels of the device. */
  readonly width: number;
  /** The height in pixels of the device. */
  readonly height: number;
}
