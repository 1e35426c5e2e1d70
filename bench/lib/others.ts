/**
 * Square matrix products of other WebGPU libraries, loaded from npm. They are no dependencies of
 * Creel, so run with `deno run --no-lock -A bench/main.ts --only matmul --others`.
 *
 * @module
 */

/** A library that is ready to multiply. */
export interface Contender {
  /** The name and the version of the library. */
  readonly library: string;
  /** Prepares a product. */
  readonly make: Maker;
}

/**
 * Prepares the product of two matrices; the returned function computes it and returns the result.
 */
export type Maker = (
  order: number,
  a: Float32Array,
  b: Float32Array,
) => () => Promise<ArrayLike<number>>;

/** The loaders of the libraries, by name and version. */
const LIBRARIES: Readonly<Record<string, () => Promise<Maker>>> = {
  "@jax-js/jax@0.1.25": async () => {
    // deno-lint-ignore no-explicit-any
    const jax: any = await fetched("npm:@jax-js/jax@0.1.25");
    await jax.init("webgpu");
    jax.defaultDevice("webgpu");
    const { numpy: np } = jax;
    return (order, left, right) => {
      const [a, b] = [left, right].map((data) => np.array(data, { shape: [order, order] }));
      return async () => await np.matmul(a.ref, b.ref).data();
    };
  },
  "@tensorflow/tfjs-backend-webgpu@4.22.0": async () => {
    // deno-lint-ignore no-explicit-any
    const tf: any = await fetched("npm:@tensorflow/tfjs-core@4.22.0");
    await fetched("npm:@tensorflow/tfjs-backend-webgpu@4.22.0");
    await tf.setBackend("webgpu");
    await tf.ready();
    return (order, left, right) => {
      const [a, b] = [left, right].map((data) => tf.tensor2d(data, [order, order]));
      return async () => {
        const c = tf.matMul(a, b);
        const values = await c.data();
        c.dispose();
        return values;
      };
    };
  },
};

/** The libraries that could be loaded; the others are noted. */
export async function contenders(note: (text: string) => void): Promise<Contender[]> {
  const found: Contender[] = [];
  for (const [library, load] of Object.entries(LIBRARIES)) {
    try {
      found.push({ library, make: await load() });
    } catch (error) {
      note(`matmul: ${library} is left out: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  return found;
}

/** A matrix of small whole numbers, whose products are exact in float32. */
export function factor(order: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: order ** 2 }, (_, e) => e % 7 + 1);
}

/** Checks the last row of a product. */
export function checkProduct(
  c: ArrayLike<number>,
  a: Float32Array,
  b: Float32Array,
  order: number,
): void {
  const row = order - 1;
  for (let column = 0; column < order; column++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += a[row * order + k]! * b[k * order + column]!;
    if (c[row * order + column] !== sum) {
      throw new Error(`its product is wrong: ${c[row * order + column]} instead of ${sum}`);
    }
  }
}

/** Imports a module by a computed name, which neither the type checker nor a bundler resolves. */
async function fetched(specifier: string): Promise<unknown> {
  return await import(specifier);
}
