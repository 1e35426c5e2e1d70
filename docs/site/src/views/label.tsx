/**
 * The page where samples are labeled: the batch, the classes, and the progress beside them.
 *
 * @module
 */

import {
  continueLabeling,
  labelCurrent,
  labelDropped,
  skipCurrent,
  undo,
} from "../state/actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import { ProgressPanel } from "./progress.tsx";
import { DRAGGED, Sample } from "./sample.tsx";
import { Done } from "./states.tsx";

/** The page. */
export function LabelView() {
  const done = store.phase.value === "done" && store.open.value.length === 0;
  return (
    <div class="label-view">
      <div class="bench">
        {done ? <Done /> : <Batch />}
        {store.phase.value === "ready" && store.open.value.length === 0 && (
          <button
            type="button"
            class="primary next"
            onClick={() => void continueLabeling()}
          >
            {text.nextBatch}
          </button>
        )}
        <ClassBar />
      </div>
      <ProgressPanel />
    </div>
  );
}

function Batch() {
  const { batch, round } = store.snapshot.value;
  const rows = store.table.value;
  const classes = store.classes.value;
  const budget = store.opened.value?.project.budget ?? 10;
  return (
    <section class="batch-section" aria-busy={store.phase.value !== "ready"}>
      <div class="batch-head">
        <h2>{round > 0 ? text.batchTitle(round) : text.emptyTitle}</h2>
        <p>{text.batchHint(batch.length || budget)}</p>
      </div>
      <div class="batch" data-creel="batch" role="group" aria-label={text.batchName}>
        {rows.length === 0
          ? Array.from({ length: budget }, (_, i) => <div class="sample empty" key={i} />)
          : rows.map((row, place) => {
            const rank = batch.indexOf(row);
            return (
              <Sample
                key={row}
                row={row}
                place={place}
                count={rows.length}
                rank={rank < 0 ? undefined : rank + 1}
                label={store.labelOf.value.get(row)}
                skipped={store.skipped.value.has(row)}
                current={store.cursor.value === row}
                classes={classes}
              />
            );
          })}
      </div>
    </section>
  );
}

function ClassBar() {
  const row = store.cursor.value;
  const current = row === undefined ? undefined : store.labelOf.value.get(row);
  const keys = store.classKeys.value;
  return (
    <div class="class-bar">
      <div class="classes" role="group" aria-label={text.classesName}>
        {store.classes.value.map((name, label) => (
          <button
            key={name}
            type="button"
            class="class"
            data-creel="class"
            data-label={label}
            aria-label={text.className(name, keys[label])}
            aria-pressed={current === label}
            disabled={row === undefined}
            onClick={() => void labelCurrent(label)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              const dropped = event.dataTransfer?.getData(DRAGGED);
              if (dropped) void labelDropped(Number(dropped), label);
            }}
          >
            <span class="class-name">{name}</span>
            {keys[label] !== undefined && keys[label] !== name.toLowerCase() && (
              <kbd>{keys[label]}</kbd>
            )}
          </button>
        ))}
      </div>
      <div class="tools">
        <button
          type="button"
          class="quiet"
          disabled={!store.snapshot.value.canUndo}
          onClick={() => void undo()}
        >
          <kbd>⌫</kbd> {text.undo}
        </button>
        <button
          type="button"
          class="quiet"
          disabled={row === undefined}
          onClick={() => void skipCurrent()}
        >
          <kbd>s</kbd> {text.skip}
        </button>
      </div>
    </div>
  );
}
