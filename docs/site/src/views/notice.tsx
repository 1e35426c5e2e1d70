/**
 * A sentence at the top about something that went wrong, or that the person should know.
 *
 * @module
 */

import * as store from "../state/store.ts";
import { text } from "../text.ts";
import { deviceHint } from "./header.tsx";

/** The sentence, if there is one. */
export function Notice() {
  const notice = store.notice.value;
  if (notice) {
    return (
      <div class="notice" data-error={notice.error} role={notice.error ? "alert" : "status"}>
        <p>{notice.text}</p>
        <button type="button" class="quiet" onClick={() => store.notice.value = undefined}>
          {text.dismiss}
        </button>
      </div>
    );
  }
  const hint = store.device.value?.reason === "missing" ? deviceHint() : undefined;
  return hint ? <p class="notice" role="status">{hint}</p> : null;
}
