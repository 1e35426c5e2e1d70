import assert from "node:assert/strict";
import { join } from "node:path";
import { growth, type Usage } from "../../tasks/soak.ts";

const MEGABYTE = 2 ** 20;

/** The usage of some rounds. */
const rounds = (count: number, of: (round: number) => Partial<Usage>): Usage[] =>
  Array.from({ length: count }, (_, round) => ({
    memory: 300 * MEGABYTE,
    threads: 15,
    files: 25,
    ...of(round),
  }));

Deno.test("soak: what grows is seen, and a warm-up is none", () => {
  assert.deepEqual(growth(rounds(1000, () => ({}))), []);
  assert.deepEqual(growth(rounds(1000, (i) => ({ memory: Math.min(i, 300) * MEGABYTE }))), []);
  assert.deepEqual(growth(rounds(1000, (i) => ({ memory: (300 + i) * MEGABYTE }))), ["memory"]);
  assert.deepEqual(growth(rounds(1000, (i) => ({ files: 25 + Math.floor(i / 100) }))), ["files"]);
  assert.deepEqual(growth(rounds(1000, (i) => ({ threads: 15 + Math.floor(i / 20) }))), [
    "threads",
  ]);
  // One large round is no growth.
  assert.deepEqual(growth(rounds(1000, (i) => ({ files: i === 990 ? 500 : 25 }))), []);
});

Deno.test("soak: it labels, trains, selects, saves and loads", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", join(import.meta.dirname!, "..", "..", "tasks", "soak.ts")],
      ...["--minutes", "0.001", "--device", "cpu"],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, text + new TextDecoder().decode(stderr));
  assert.match(text, /^round 1: \d+ MB, .* 5 labels$/m);
  assert.match(text, /^12 rounds, nothing grew$/m);
});
