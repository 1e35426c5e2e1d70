/**
 * The progress beside the batch: labels, accuracy, the curve, and what the labels save.
 *
 * @module
 */

import { runOracle, stopOracle } from "../state/actions.ts";
import { exportFile } from "../state/project-actions.ts";
import { savingOf } from "../state/random.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import { CurveChart } from "./curve.tsx";
import { Drop } from "./drop.tsx";

/** The number of labels that one press of the oracle's button gives. */
const ORACLE_LABELS = 200;

/** The panel. */
export function ProgressPanel() {
  const { curve, labels } = store.snapshot.value;
  const project = store.opened.value?.project;
  const single = labels.length > 0 && new Set(labels.map(({ label }) => label)).size === 1;
  return (
    <aside class="panel">
      {single && <p class="hint">{text.oneClass}</p>}
      <CurveChart curve={curve} random={store.randomCurve.value} />
      {project?.hasOracle && (
        <>
          <p class="saving">{savingText()}</p>
          <Oracle />
        </>
      )}
      <div class="panel-files">
        <button
          type="button"
          data-creel="export-labels"
          disabled={labels.length === 0}
          onClick={() => void exportFile("csv")}
        >
          {text.exportLabels}
        </button>
        <Drop />
      </div>
      <p class="hint">{text.privacy}</p>
    </aside>
  );
}

/** The saving in words. */
function savingText(): string {
  const { curve } = store.snapshot.value;
  if (curve.length === 0) return text.savesFirst;
  const saving = savingOf(curve, store.randomCurve.value);
  if (!saving) return text.savesSoon;
  const { labels, random, simulated } = saving;
  if (random === undefined) return text.savesMore(labels, simulated);
  return random > labels ? text.saves(labels, random) : text.savesNothing(labels);
}

function Oracle() {
  const running = store.oracle.value;
  return (
    <div class="oracle">
      <button
        type="button"
        class={running ? "" : "primary"}
        disabled={!running && store.phase.value !== "ready"}
        onClick={() => running ? stopOracle() : void runOracle(ORACLE_LABELS)}
      >
        {running ? text.stop : text.oracle}
      </button>
      <span class="hint">{text.oracleHint}</span>
    </div>
  );
}
