/**
 * The header: the name of the project, the pages, the device and what the page is doing.
 *
 * @module
 */

import { theEngine } from "../state/actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";

const VIEWS: readonly store.View[] = ["label", "map", "review", "data"];

/** The header. */
export function Header() {
  const project = store.opened.value?.project;
  return (
    <header class="header">
      <div class="brand">
        <img src="icon.svg" alt="" width="28" height="28" />
        <h1>{text.title}</h1>
        <span class="project">{project?.name ?? text.tagline}</span>
      </div>
      <nav aria-label={text.navigation}>
        {VIEWS.map((view) => (
          <button
            key={view}
            type="button"
            class="tab"
            aria-current={store.view.value === view ? "page" : undefined}
            onClick={() => store.view.value = view}
          >
            {text.views[view]}
          </button>
        ))}
      </nav>
      <Numbers />
      <Status />
      <button
        type="button"
        class="quiet"
        aria-haspopup="dialog"
        aria-label={text.help}
        title={text.help}
        onClick={() => store.help.value = true}
      >
        <kbd>?</kbd>
      </button>
    </header>
  );
}

/** How far the project is. */
function Numbers() {
  const heldOut = store.opened.value?.project.heldOut ?? 0;
  return (
    <div class="numbers">
      <strong
        data-creel="labeled-count"
        title={text.labeledHint(store.snapshot.value.candidates)}
      >
        {text.labeledCount(store.labelCount.value)}
      </strong>
      <strong data-creel="accuracy" title={text.accuracyHint(heldOut)}>
        {text.accuracy(store.accuracy.value)}
      </strong>
    </div>
  );
}

/** What the page is doing, and on which device. */
function Status() {
  const phase = store.phase.value;
  const device = store.device.value;
  const busy = phase === "opening" || phase === "training" || phase === "choosing";
  return (
    <div class="status" data-busy={busy}>
      <span data-creel="status" role="status">{text.status[phase]}</span>
      {busy && store.progress.value !== undefined && (
        <>
          <progress aria-label={text.status[phase]} value={store.progress.value} />
          <button type="button" class="quiet" onClick={() => void theEngine().cancel()}>
            {text.cancel}
          </button>
        </>
      )}
      {device && (
        <span class="device" title={deviceHint()}>
          {device.kind === "cpu" ? text.device.cpu : text.device.gpu(device.name)}
        </span>
      )}
    </div>
  );
}

/** Why the device is what it is. */
export function deviceHint(): string | undefined {
  const device = store.device.value;
  if (!device?.reason) return undefined;
  if (device.reason === "chosen") return text.device.chosen;
  return text.device[device.reason](device.detail ?? "");
}
