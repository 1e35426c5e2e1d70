/**
 * The marks over the samples of the map: labeled ones, the batch as a numbered path, the lasso.
 *
 * @module
 */

/** What is marked. */
export interface Marks {
  /** The samples of the batch, in order. */
  readonly batch: readonly number[];
  /** The labeled samples. */
  readonly labeled: readonly number[];
  /** The current sample. */
  readonly cursor: number | undefined;
  /** The lasso while it is drawn. */
  readonly line: readonly (readonly [number, number])[];
}

/** Draws the marks. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  places: Float32Array,
  ratio: number,
  { batch, labeled, cursor, line }: Marks,
): void {
  const style = getComputedStyle(context.canvas);
  const [accent, ink, card] = ["--accent", "--ink", "--card"].map((name) =>
    style.getPropertyValue(name).trim()
  ) as [string, string, string];
  const at = (row: number) => [places[2 * row] ?? NaN, places[2 * row + 1] ?? NaN] as const;
  const disk = (row: number, radius: number) => {
    context.beginPath();
    context.arc(...at(row), radius, 0, 2 * Math.PI);
  };
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);

  context.strokeStyle = ink;
  context.lineWidth = 1.2;
  for (const row of labeled) {
    disk(row, 5);
    context.stroke();
  }

  context.strokeStyle = accent;
  context.globalAlpha = 0.6;
  context.beginPath();
  for (const row of batch) context.lineTo(...at(row));
  context.stroke();
  context.globalAlpha = 1;
  context.font = "600 11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [rank, row] of batch.entries()) {
    const current = row === cursor;
    disk(row, 9);
    context.fillStyle = current ? accent : card;
    context.fill();
    context.stroke();
    context.fillStyle = current ? card : ink;
    context.fillText(String(rank + 1), ...at(row));
  }

  if (line.length < 2) return;
  context.beginPath();
  for (const [x, y] of line) context.lineTo(x, y);
  context.closePath();
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}
