import assert from "node:assert/strict";
import { Yielder } from "../../src/device/yielder.ts";

/** Works on the CPU for a while, or until a signal stops it. */
async function work(yielder: Yielder, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) await yielder.yieldIfDue();
}

Deno.test("yielder: long work lets timers run", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  try {
    await work(new Yielder(undefined), 200);
    assert.ok(ticks >= 1, "no timer ran");
  } finally {
    clearInterval(timer);
  }
});

Deno.test("yielder: each of its signals stops the work, with its reason", async () => {
  for (const which of [0, 1]) {
    const controllers = [new AbortController(), new AbortController()];
    const yielder = new Yielder(...controllers.map(({ signal }) => signal));
    await work(yielder, 60);
    const timer = setTimeout(() => controllers[which]!.abort(new Error(`number ${which}`)), 10);
    await assert.rejects(work(yielder, 10_000), { message: `number ${which}` });
    clearTimeout(timer);
  }
});

Deno.test("yielder: what is aborted already does not begin", () => {
  const aborted = AbortSignal.abort(new Error("too late"));
  assert.throws(() => new Yielder(undefined, aborted), { message: "too late" });
});
