/**
 * Tensors that take turns in the memory of a device: pages of something larger, such as the blocks
 * of a pool that does not fit. Kernels read them like all others. When one is used, the device
 * loads it into one of a few frames, where another was before.
 *
 * @module
 */

import { Resource } from "../disposal.ts";
import { type DType, type Ledger, Tensor, type Values } from "./tensor.ts";

/** The memory of tensors that take turns. It is freed with the last of them. */
export class Frames extends Resource {
  /** The frames, the one used last first. */
  readonly #frames: { readonly tensor: Tensor; page: PagedTensor | undefined }[];
  #pages = 0;

  /**
   * Creates empty frames.
   *
   * @param memory the account of their device, which may take back all but two of them
   * @param tensors at least two tensors of one size and dtype, which are owned from now on
   */
  constructor(memory: Ledger, tensors: readonly Tensor[]) {
    super();
    this.#frames = tensors.map((tensor) => ({ tensor, page: undefined }));
    const { make } = memory;
    memory.make = (bytes) => {
      make?.(bytes);
      while (memory.bytes + bytes > memory.budget && this.#shrink());
    };
  }

  /** The first frame, for work before there are pages. */
  get first(): Tensor {
    return this.#frames[0]!.tensor;
  }

  /**
   * Returns the memory with the elements of a page, which it loads if necessary.
   *
   * Passes over all pages follow each other. In those, the page that was used last is needed again
   * last, so that its frame is the best to reuse. But a kernel may read that page together with
   * this one; therefore it is the frame of the one before.
   */
  memoryOf(page: PagedTensor): GPUBuffer | Values {
    const frames = this.#frames;
    let at = frames.findIndex((frame) => frame.page === page);
    const loads = at < 0;
    if (loads) {
      const empty = frames.findIndex((frame) => !frame.page);
      at = empty < 0 ? 1 : empty;
    }
    const [frame] = frames.splice(at, 1);
    frames.unshift(frame!);
    if (loads) {
      frame!.page = undefined; // If the load fails, the frame holds nothing.
      page.load(frame!.tensor);
      frame!.page = page;
    }
    return frame!.tensor.memory;
  }

  /** Frees the frame that was used longest ago, if more than two are left. */
  #shrink(): boolean {
    if (this.#frames.length <= 2) return false;
    this.#frames.pop()!.tensor.dispose();
    return true;
  }

  /** Counts a new page. */
  add(): void {
    this.#pages++;
  }

  /** Removes a page that was disposed of. */
  remove(page: PagedTensor): void {
    for (const frame of this.#frames) if (frame.page === page) frame.page = undefined;
    if (--this.#pages === 0) this.dispose();
  }

  /** Frees the memory. */
  dispose(): void {
    for (const { tensor } of this.#frames.splice(0)) tensor.dispose();
  }
}

/** A tensor that is only read, and is loaded when it is used. */
export class PagedTensor extends Tensor {
  /**
   * Creates a page that is not loaded yet.
   *
   * @param like the label, the shape and the dtype, of at most the size of a frame
   * @param frames the memory that the page shares with others
   * @param load writes the elements to a frame, and records nothing that reads other pages
   * @param device the device of the frames
   */
  constructor(
    { label, shape, dtype }: {
      readonly label: string;
      readonly shape: readonly number[];
      readonly dtype: DType;
    },
    private readonly frames: Frames,
    readonly load: (frame: Tensor) => void,
    device: { readonly name: string },
  ) {
    const { first } = frames;
    const size = shape.reduce((product, length) => product * length, 1);
    const bytes = first.bytes / first.size * size;
    super(label, shape, dtype, bytes, new Float32Array(0), () => frames.remove(this), device);
    frames.add();
  }

  /** See {@linkcode Tensor.memory}; the elements are loaded first. */
  override get memory(): GPUBuffer | Values {
    return super.memory && this.frames.memoryOf(this);
  }
}
