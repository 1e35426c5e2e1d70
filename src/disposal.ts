/**
 * Freeing what is owned, on runtimes with and without `Symbol.dispose`.
 *
 * Not every browser has `Symbol.dispose`, and a module that defined it would change the page it is
 * loaded into. So the library names the symbol through {@linkcode dispose}: where it is missing, that
 * is the symbol that bundlers put in its place when they rewrite `using` (esbuild, Rolldown, swc and
 * Babel all look for `Symbol.for("Symbol.dispose")`).
 *
 * A class does not define a method of that name, but extends {@linkcode Resource}: esbuild keeps every
 * class with a computed name in the bundle, used or not.
 *
 * @module
 */

/** `Symbol.dispose`, or what bundlers look for where it is missing. */
export const dispose: typeof Symbol.dispose = /* @__PURE__ */ symbolOf("dispose");

/** `Symbol.asyncDispose`, or what bundlers look for where it is missing. */
export const asyncDispose: typeof Symbol.asyncDispose = /* @__PURE__ */ symbolOf("asyncDispose");

function symbolOf<Name extends "dispose" | "asyncDispose">(name: Name): SymbolConstructor[Name] {
  return Symbol[name] ?? Symbol.for(`Symbol.${name}`) as SymbolConstructor[Name];
}

/**
 * Lets `using` free an object by its method `dispose`. For a class that cannot extend
 * {@linkcode Resource}; it must declare `[Symbol.dispose]`.
 */
export function makeDisposable(owner: { dispose(): void }): void {
  // Configurable, since a proxy of the object could not bind it otherwise.
  Object.defineProperty(owner, dispose, { value: () => owner.dispose(), configurable: true });
}

/** What owns memory of a device, or other resources: freed by `using` or by `dispose()`. */
export abstract class Resource implements Disposable {
  /** The same as `dispose()`; this is what `using` calls. */
  declare readonly [Symbol.dispose]: () => void;

  /** Lets `using` find `dispose`. */
  constructor() {
    makeDisposable(this);
  }

  /** Frees what is owned. */
  abstract dispose(): void;
}

/**
 * Resources that are freed together, the last first: a `DisposableStack`, which not every runtime has.
 *
 * While an object is being built, `using` a stack frees what it has so far if the rest fails; once it
 * is complete, `move()` takes it all out.
 */
export class ResourceStack extends Resource {
  #resources: Disposable[] = [];

  /** Adds a resource (nothing, if it is undefined), and returns it. */
  use<R extends Disposable | undefined>(resource: R): R {
    if (resource) this.#resources.push(resource);
    return resource;
  }

  /** Hands everything over to a new stack; this one is empty then, and frees nothing. */
  move(): ResourceStack {
    const other = new ResourceStack();
    [other.#resources, this.#resources] = [this.#resources, []];
    return other;
  }

  /** Frees everything, the last first; where that throws, the rest is freed before the error goes on. */
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
