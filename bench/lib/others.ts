/**
 * Square matrix products of other WebGPU libraries, where npm can fetch them: they are no dependency
 * of Creel, so run with `deno run --no-lock -A bench/main.ts --only matmul --others`.
 *
 * @module
 */

import { timeWhole } from "./timing.ts";

/** One product of a library, its wait included. */
export interface OtherProduct {
  /** Its name and version. */
  readonly library: string;
  /** The order of the matrices. */
  readonly order: number;
  /** The median. */
  readonly seconds: number;
}

/** What makes a product of an order, ready to be repeated. */
type Maker = (order: number) => Promise<() => Promise<unknown>>;

const LIBRARIES: Readonly<Record<string, () => Promise<Maker>>> = {
  "@jax-js/jax@0.1.18": async () => {
    // deno-lint-ignore no-explicit-any
    const jax: any = await fetched("npm:@jax-js/jax@0.1.18");
    await jax.init("webgpu");
    jax.defaultDevice("webgpu");
    const { numpy: np } = jax;
    return async (order) => {
      const a = np.ones([order, order]);
      const b = np.ones([order, order]);
      await jax.blockUntilReady([a.ref, b.ref]);
      return async () => {
        const c = np.matmul(a.ref, b.ref);
        await c.blockUntilReady();
        c.dispose();
      };
    };
  },
  "@tensorflow/tfjs-backend-webgpu@4.22.0": async () => {
    // deno-lint-ignore no-explicit-any
    const tf: any = await fetched("npm:@tensorflow/tfjs-core@4.22.0");
    await fetched("npm:@tensorflow/tfjs-backend-webgpu@4.22.0");
    await tf.setBackend("webgpu");
    await tf.ready();
    return (order) => {
      const a = tf.ones([order, order]);
      const b = tf.ones([order, order]);
      return Promise.resolve(async () => {
        const c = tf.matMul(a, b);
        await tf.backend().queue.onSubmittedWorkDone();
        c.dispose();
      });
    };
  },
};

/** Measures those that can be fetched, and notes the others. */
export async function otherProducts(
  orders: readonly number[],
  note: (text: string) => void,
): Promise<OtherProduct[]> {
  const found: OtherProduct[] = [];
  for (const [library, load] of Object.entries(LIBRARIES)) {
    try {
      const make = await load();
      for (const order of orders) {
        note(`matmul: ${library}, order ${order}`);
        const once = await make(order);
        await once();
        const { seconds } = await timeWhole(once, { seconds: 0, repetitions: 7, budget: 20 });
        found.push({ library, order, seconds });
      }
    } catch (error) {
      note(`matmul: ${library} is left out: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  return found;
}

/** Not a literal in the call, so that neither the type-check nor the bundle looks for it. */
async function fetched(specifier: string): Promise<unknown> {
  return await import(specifier);
}
