import assert from "node:assert/strict";
import { asyncDispose, dispose, Resource, ResourceStack } from "../src/disposal.ts";

/** Notes its name when it is freed. */
class Noted extends Resource {
  constructor(private readonly name: string, private readonly log: string[]) {
    super();
  }

  dispose(): void {
    this.log.push(this.name);
    if (this.name === "broken") throw new Error("cannot be freed");
  }
}

Deno.test("disposal: the symbols are the runtime's where it has them", () => {
  assert.equal(dispose, Symbol.dispose);
  assert.equal(asyncDispose, Symbol.asyncDispose);
});

Deno.test("disposal: using frees a resource by its method", () => {
  const log: string[] = [];
  {
    using _a = new Noted("a", log);
    using _b = new Noted("b", log);
    assert.deepEqual(log, []);
  }
  assert.deepEqual(log, ["b", "a"]);
});

Deno.test("disposal: what a subclass overrides is what using calls", () => {
  const log: string[] = [];
  class Louder extends Noted {
    override dispose(): void {
      log.push("louder");
      super.dispose();
    }
  }
  {
    using _louder = new Louder("quiet", log);
  }
  assert.deepEqual(log, ["louder", "quiet"]);
});

Deno.test("disposal: using frees through a proxy that binds methods", () => {
  const log: string[] = [];
  {
    using _proxy = new Proxy(new Noted("a", log), {
      get: (target, key) => (Reflect.get(target, key) as () => void).bind(target),
    });
  }
  assert.deepEqual(log, ["a"]);
});

Deno.test("stack: frees everything, the last first, and only once", () => {
  const log: string[] = [];
  const stack = new ResourceStack();
  {
    using same = stack;
    for (const name of ["a", "b", "c"]) same.use(new Noted(name, log));
    assert.equal(same.use(undefined), undefined);
  }
  stack.dispose();
  assert.deepEqual(log, ["c", "b", "a"]);
});

Deno.test("stack: frees what there is when building an object fails", () => {
  const log: string[] = [];
  const build = () => {
    using undo = new ResourceStack();
    undo.use(new Noted("a", log));
    undo.use(new Noted("b", log));
    throw new Error("no memory");
  };
  assert.throws(build, { message: "no memory" });
  assert.deepEqual(log, ["b", "a"]);
});

Deno.test("stack: what was moved out is freed by the new stack alone", () => {
  const log: string[] = [];
  const build = () => {
    using undo = new ResourceStack();
    undo.use(new Noted("a", log));
    undo.use(new Noted("b", log));
    return undo.move();
  };
  const owned = build();
  assert.deepEqual(log, []);
  owned.dispose();
  assert.deepEqual(log, ["b", "a"]);
});

Deno.test("stack: a resource that cannot be freed keeps no other from it", () => {
  const log: string[] = [];
  const stack = new ResourceStack();
  for (const name of ["a", "broken", "c"]) stack.use(new Noted(name, log));
  assert.throws(() => stack.dispose(), { message: "cannot be freed" });
  assert.deepEqual(log, ["c", "broken", "a"]);
});
