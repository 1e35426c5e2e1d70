/**
 * One sample of the batch: its image, its rank, and its label.
 *
 * @module
 */

import { select } from "../state/actions.ts";
import { text } from "../text.ts";
import { SampleImage } from "./sample-image.tsx";

/** The type of what is dragged from a sample to a class. */
export const DRAGGED = "application/x-creel-row";

/** What a sample shows. */
export interface SampleProps {
  /** The row in the file. */
  readonly row: number;
  /** The place on the table, from 0. */
  readonly place: number;
  /** The number of samples on the table. */
  readonly count: number;
  /** The rank of the suggestion, from 1; undefined if the person chose the sample. */
  readonly rank: number | undefined;
  /** The class, once it is labeled. */
  readonly label: number | undefined;
  /** Whether it is skipped. */
  readonly skipped: boolean;
  /** Whether the next key labels it. */
  readonly current: boolean;
  /** The names of the classes. */
  readonly classes: readonly string[];
}

/** A sample. */
export function Sample(props: SampleProps) {
  const { row, place, count, rank, label, skipped, current, classes } = props;
  const name = label === undefined ? undefined : classes[label];
  const state = name !== undefined
    ? text.labeledState(name)
    : skipped
    ? text.skippedState
    : text.open;
  return (
    <button
      type="button"
      class="sample"
      draggable
      data-creel="sample"
      data-row={row}
      data-rank={rank}
      data-label={label}
      data-skipped={skipped || undefined}
      aria-current={current}
      aria-label={text.sampleName(place + 1, count, row, state)}
      tabIndex={current ? 0 : -1}
      onClick={() => select(row)}
      onDragStart={(event) => {
        select(row);
        event.dataTransfer?.setData(DRAGGED, String(row));
      }}
    >
      <SampleImage row={row} />
      <span class="rank" aria-hidden="true">
        {rank === undefined ? text.chosen : text.rank(rank)}
      </span>
      {name !== undefined && <span class="badge" aria-hidden="true">{name}</span>}
      {skipped && <span class="badge" aria-hidden="true">{text.skippedState}</span>}
    </button>
  );
}
