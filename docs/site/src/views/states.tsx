/**
 * What is shown instead of the samples when there are none to show.
 *
 * @module
 */

import { openProject } from "../state/actions.ts";
import { askedFor } from "../state/address.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";

/** Another tab has the project. */
export function Elsewhere() {
  return (
    <section class="state">
      <h2>{text.elsewhereTitle}</h2>
      <p>{text.elsewhereHint}</p>
      <button type="button" class="primary" onClick={() => void reopen(true)}>
        {text.takeOver}
      </button>
    </section>
  );
}

/** The project could not be opened. */
export function Failed() {
  return (
    <section class="state">
      <h2>{text.failedTitle}</h2>
      <button type="button" class="primary" onClick={() => void reopen(false)}>{text.retry}</button>
    </section>
  );
}

/** Every sample is labeled or skipped. */
export function Done() {
  return (
    <section class="state">
      <h2>{text.doneTitle}</h2>
      <p>{text.doneHint}</p>
    </section>
  );
}

function reopen(steal: boolean): Promise<void> {
  store.notice.value = undefined;
  const asked = askedFor(location.search).project;
  return openProject(store.opened.value?.project.id ?? asked, steal);
}
