/**
 * The options of BAIT that commands share.
 *
 * @module
 */

import { WEIGHTINGS } from "../select/bait.ts";
import type { Option } from "./command.ts";

/** `--top-classes`, `--lambda`, `--weighting` and `--oversample`. */
export const BAIT_OPTIONS: Readonly<Record<string, Option>> = {
  "top-classes": { value: "C", fallback: "2", help: "BAIT exp: most probable classes that count" },
  lambda: { value: "auto|NUMBER", fallback: "auto", help: "BAIT: the ridge" },
  weighting: {
    value: "NAME",
    choices: WEIGHTINGS,
    fallback: "reference",
    help: "BAIT: how labelled and chosen samples are weighted",
  },
  oversample: {
    value: "M",
    fallback: "2",
    help: "BAIT: the forward pass picks M times the budget",
  },
};
