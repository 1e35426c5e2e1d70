import assert from "node:assert/strict";
import { arrayRows } from "../../../../src/io/rows.ts";
import { Pool } from "../../../../src/pool/pool.ts";
import { probsPredictor } from "../../../../src/pool/predictions.ts";
import { computeForms } from "../../../../src/select/bait/fisher/forms.ts";
import { BaitInformation } from "../../../../src/select/bait/information.ts";
import { baitSettings } from "../../../../src/select/bait/options.ts";
import { BaitPhase } from "../../../../src/select/bait/phase.ts";
import { assertClose, matrixTest, Random } from "../../../fixture.ts";

const CLASSES = 3;

/** The few labeled samples of a pool, and one more than few, of 24 features. */
const cases = [
  { fisher: "binary", few: 6 },
  { fisher: "regression", few: 6 },
  { fisher: "exp", few: 3 },
  { fisher: "full", few: 1 },
] as const;

matrixTest(
  "ridge-forms: G of few labeled samples is that of M^-1, for every form",
  async (device) => {
    const random = new Random(1);
    const rows = 531;
    const features = arrayRows("features", random.normals(rows * 24), 24);
    const probabilities = random.probabilities(rows, CLASSES);
    const predictor = probsPredictor(arrayRows("probs", probabilities, CLASSES));
    for (const storage of ["f32", "f16"] as const) {
      using pool = await Pool.from(device, features, { storage });
      for (const { fisher, few } of cases) {
        for (const labeled of [[530], Array.from({ length: few }, (_, i) => 7 * i)]) {
          const problem = { fisher, predictor, labeled, budget: 5 };
          using information = await BaitInformation.from(pool, baitSettings(problem));
          using phase = new BaitPhase(information.factors, information.matrices, 1, 5, labeled);
          const before = device.counts.kernels.get("pair-dots") ?? 0;
          await information.prepare(phase);
          assert.ok(device.counts.kernels.get("pair-dots")! > before, "G comes from U");
          const [forms] = phase.forms;
          const actual = await device.read(forms!);
          using scores = device.tensor("scores", [rows]);
          const { factors, matrices: { inverse } } = information;
          await computeForms(factors, inverse, "G", phase.forms, scores, async () => {});
          const expected = await device.read(forms!);
          const close = device.kind === "cpu" ? 1e-10 : 2e-4;
          assertClose(actual, expected, { relative: close, absolute: close }, fisher);
        }
      }
    }
  },
);

matrixTest(
  "ridge-forms: with more labeled samples, or a given lambda, G comes from M^-1",
  async (device) => {
    const random = new Random(2);
    const features = arrayRows("features", random.normals(40 * 24), 24);
    const probabilities = random.probabilities(40, CLASSES);
    const predictor = probsPredictor(arrayRows("probs", probabilities, CLASSES));
    using pool = await Pool.from(device, features);
    for (const { fisher, few } of cases) {
      const ways = [{ count: few + 1, lambda: "auto" }, { count: few, lambda: 0.5 }] as const;
      for (const { count, lambda } of ways) {
        const labeled = Array.from({ length: count }, (_, i) => i);
        const problem = { fisher, predictor, labeled, budget: 5, lambda };
        using information = await BaitInformation.from(pool, baitSettings(problem));
        using phase = new BaitPhase(information.factors, information.matrices, 1, 5, labeled);
        const before = device.counts.kernels.get("pair-dots") ?? 0;
        await information.prepare(phase);
        assert.equal(device.counts.kernels.get("pair-dots") ?? 0, before);
      }
    }
  },
);
