import assert from "node:assert/strict";
import { STRATEGY_OPTIONS } from "../../src/cli/strategy-options.ts";
import { creel, creelProcess } from "./creel.ts";

Deno.test("creel --help names the commands; without a command it is a wrong call", async () => {
  const { status, out, err } = await creel("--help");
  assert.deepEqual([status, err], [0, ""]);
  for (const line of ["demo", "select", "doctor"]) {
    assert.match(out, new RegExp(`^  ${line} +[A-Z].+$`, "m"));
  }
  for (const same of ["help", "-h"]) assert.deepEqual(await creel(same), { status, out, err });
  assert.deepEqual(await creel(), { status: 2, out, err });
});

Deno.test("creel COMMAND --help shows the usage, every option and examples", async () => {
  const options = {
    select: [
      ...["budget", "strategy", "logits", "probs", "head", "member-logits", "labels"],
      ...["labeled", "fisher"],
      ...Object.keys(STRATEGY_OPTIONS),
      ...["round", "scale", "storage", "seed", "json", "out", "force"],
      ...["device", "memory", "quiet", "help"],
    ],
    doctor: ["json", "device", "memory", "quiet", "help"],
    demo: ["out", "force", "budget", "seed", "json", "device", "memory", "quiet", "help"],
  };
  for (const [command, names] of Object.entries(options)) {
    const { status, out, err } = await creel(command, "--help");
    assert.deepEqual([status, err], [0, ""], command);
    assert.match(out, new RegExp(`^Usage: creel ${command}`, "m"));
    const shown = [...out.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
    assert.deepEqual(shown, names, command);
    assert.match(out, new RegExp(`^Examples:\n  creel ${command}`, "m"));
  }
});

Deno.test("help needs nothing else to be right, and is the same from the program itself", async () => {
  const { out } = await creel("select", "--help");
  assert.deepEqual(await creel("select", "a", "b", "--help"), { status: 0, out, err: "" });
  assert.deepEqual(await creelProcess(["select", "--help"]), { status: 0, out, err: "" });
});
