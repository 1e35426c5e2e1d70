import assert from "node:assert/strict";
import { TimeLeft, timeLeftText } from "../../src/cli/simulate/time-left.ts";

Deno.test("every kind of work has its own pace; unknown kinds take the mean", () => {
  const left = new TimeLeft();
  left.expect("slow", 3);
  left.expect("fast", 4);
  assert.equal(left.seconds(), undefined);
  left.done("slow", 10);
  assert.equal(left.seconds(), 2 * 10 + 4 * 10);
  left.done("fast", 1);
  assert.equal(left.seconds(), 2 * 10 + 3 * 1);
  left.learn("fast", 9, 3);
  assert.equal(left.seconds(), 2 * 10 + 3 * 2.5);
});

Deno.test("the time left in words", () => {
  assert.equal(timeLeftText(undefined), "");
  assert.equal(timeLeftText(0.2), "about 1 s left");
  assert.equal(timeLeftText(40), "about 40 s left");
  assert.equal(timeLeftText(720), "about 12 min left");
  assert.equal(timeLeftText(12600), "about 3.5 h left");
});
