/**
 * Disposal of resources, on runtimes with and without `Symbol.dispose`.
 *
 * Not every browser has `Symbol.dispose`, and a module that defined it would change the page that
 * loads it. The library refers to the symbol as {@linkcode dispose}: if the runtime lacks it, that
 * is the symbol that bundlers substitute when they rewrite `using` (esbuild, Rolldown, swc and
 * Babel all look for `Symbol.for("Symbol.dispose")`).
 *
 * Classes extend {@linkcode Resource} and do not define a method of that name themselves: esbuild
 * keeps every class with a computed method name in the bundle, used or not.
 *
 * @module
 */

/** `Symbol.dispose`, or the symbol that bundlers substitute on runtimes without it. */
export const dispose: typeof Symbol.dispose = /* @__PURE__ */ symbolOf("dispose");

/** `Symbol.asyncDispose`, or the symbol that bundlers substitute on runtimes without it. */
export const asyncDispose: typeof Symbol.asyncDispose = /* @__PURE__ */ symbolOf("asyncDispose");

function symbolOf<Name extends "dispose" | "asyncDispose">(name: Name): SymbolConstructor[Name] {
  return Symbol[name] ?? Symbol.for(`Symbol.${name}`) as SymbolConstructor[Name];
}

/**
 * Makes `using` call the method `dispose` of an object. It is for classes that cannot extend
 * {@linkcode Resource}; they must declare `[Symbol.dispose]`.
 *
 * @param owner the object
 */
export function makeDisposable(owner: { dispose(): void }): void {
  // Configurable, since a proxy of the object could not bind it otherwise.
  Object.defineProperty(owner, dispose, { value: () => owner.dispose(), configurable: true });
}

/** The base class of objects that own device memory or other resources; `using` frees them. */
export abstract class Resource implements Disposable {
  /** Calls `dispose()`; `using` calls this method. */
  declare readonly [Symbol.dispose]: () => void;

  /** Makes `using` call `dispose`. */
  constructor() {
    makeDisposable(this);
  }

  /** Frees the resources that the object owns. */
  abstract dispose(): void;
}

/**
 * Resources that are freed together, in reverse order: a `DisposableStack` for runtimes without it.
 *
 * A constructor collects the resources that it allocates in a stack with `using`, which frees them
 * if a later allocation fails; at its end it calls `move()` to keep them.
 */
export class ResourceStack extends Resource {
  #resources: Disposable[] = [];

  /**
   * Adds a resource to the stack.
   *
   * @param resource the resource; `undefined` is not added
   * @returns the same resource
   */
  use<R extends Disposable | undefined>(resource: R): R {
    if (resource) this.#resources.push(resource);
    return resource;
  }

  /** Moves all resources to a new stack, which is returned; this stack is empty afterwards. */
  move(): ResourceStack {
    const other = new ResourceStack();
    [other.#resources, this.#resources] = [this.#resources, []];
    return other;
  }

  /** Frees all resources in reverse order; if one throws, the first error is thrown at the end. */
  dispose(): void {
    const resources = this.#resources;
    this.#resources = [];
    const errors: unknown[] = [];
    for (const resource of resources.reverse()) {
      try {
        resource[dispose]();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
