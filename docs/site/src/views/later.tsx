/**
 * Views whose code is loaded when they are shown first.
 *
 * @module
 */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fail } from "../state/actions.ts";

/** Shows a view as soon as its code is there. */
export function Later({ load }: { load: () => Promise<ComponentType> }) {
  const [View, setView] = useState<ComponentType | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    load().then((view) => gone || setView(() => view), fail);
    return () => gone = true;
  }, [load]);
  return View ? <View /> : null;
}
