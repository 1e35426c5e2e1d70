/** Programs that open many devices do not grow. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { hasAdapter } from "../fixture.ts";

const root = join(import.meta.dirname!, "..", "..");

/** Runs a program with the library in a process of its own, and returns what it prints. */
async function print(program: string): Promise<string> {
  const entry = new URL("../../mod.ts", import.meta.url).href;
  const code = `import * as creel from ${JSON.stringify(entry)};\n${program}`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", join(root, "deno.json"), code],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: `long life: 90 devices, one after the other, leave the process as it was after 30${
    hasAdapter ? "" : " (no adapter here)"
  }`,
  ignore: !hasAdapter || Deno.build.os !== "linux",
}, async () => {
  const [first, last] = JSON.parse(
    await print(`
      const usages = [];
      for (let i = 1; i <= 90; i++) {
        const device = await creel.openDevice({ device: "webgpu" });
        device.dispose();
        if (i % 30 > 0) continue;
        const status = Deno.readTextFileSync("/proc/self/status");
        const of = (name) => Number(status.match(new RegExp(name + ":\\\\s+(\\\\d+)"))[1]);
        usages.push({ threads: of("Threads"), megabytes: of("VmRSS") / 1024 });
      }
      console.log(JSON.stringify([usages[0], usages[2]]));
    `),
  );
  // Sixty devices that are not collected are 60 threads and 230 MB.
  assert.ok(last.threads < first.threads + 30, `${first.threads}, then ${last.threads} threads`);
  assert.ok(last.megabytes < first.megabytes + 120, `${first.megabytes}, ${last.megabytes} MB`);
});
