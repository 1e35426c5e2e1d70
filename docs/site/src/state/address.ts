/**
 * What the address of the page asks for: `?project=KEY&device=webgpu`.
 *
 * @module
 */

import type { DeviceWish } from "../worker/protocol.ts";

/** The key of the demonstration. */
export const DEMO = "digits";

/** Reads the part of an address behind the question mark. */
export function askedFor(search: string): { project: string; device: DeviceWish } {
  const asked = new URLSearchParams(search);
  const device = asked.get("device");
  return {
    project: asked.get("project") ?? DEMO,
    device: device === "webgpu" || device === "cpu" ? device : "auto",
  };
}
