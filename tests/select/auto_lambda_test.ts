import assert from "node:assert/strict";
import { gpuTest, sharedDevice } from "../fixture.ts";
import { select } from "../../src/learn/select.ts";
import { loadGolden } from "./files.ts";

gpuTest("drift: with lambda auto float32 chooses the batch that float64 does", async (gpu) => {
  const { features, logits, labeled } = await loadGolden("digits_binary");
  const cpu = await sharedDevice("cpu");
  for (const known of [labeled, []]) {
    for (const budget of [20, 100]) {
      const options = { features, logits, labeled: known, budget };
      const exact = await select({ ...options, device: cpu });
      const { picks, bait } = await select({ ...options, device: gpu });
      assert.deepEqual(bait!.forward, exact.bait!.forward, `${known.length} labelled, ${budget}`);
      assert.deepEqual(picks, exact.picks, `${known.length} labelled, ${budget}`);
    }
  }
});
