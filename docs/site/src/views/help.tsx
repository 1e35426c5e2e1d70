/**
 * The keys, as a dialog.
 *
 * @module
 */

import { useEffect, useRef } from "preact/hooks";
import * as store from "../state/store.ts";
import { text } from "../text.ts";

/** The dialog. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = store.help.value;
  useEffect(() => {
    if (shown) dialog.current!.showModal();
    else dialog.current!.close();
  }, [shown]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => store.help.value = false}
      onClick={(event) => event.target === dialog.current && dialog.current!.close()}
    >
      <div class="help-body">
        <h2 id="help-title">{text.helpTitle}</h2>
        <dl>
          {text.keys.map(([keys, meaning]) => (
            <div key={meaning}>
              <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <p>{text.helpMouse}</p>
        <p class="hint">{text.privacy}</p>
        <button type="button" class="primary" onClick={() => dialog.current!.close()}>
          {text.close}
        </button>
      </div>
    </dialog>
  );
}
