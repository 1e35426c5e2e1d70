/**
 * The map of the pool: all samples on their principal components.
 *
 * @module
 */

import { transfer } from "comlink";
import { useEffect, useRef, useState } from "preact/hooks";
import { classColor, type ColorBy, colorsOf } from "../map/colors.ts";
import { MapScene } from "../map/scene.ts";
import { fail, labelGroup, select, theEngine } from "../state/actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import type { MapData } from "../worker/protocol.ts";
import { SampleImage } from "./sample-image.tsx";

/** The page. */
export function MapView() {
  const [map, setMap] = useState<MapData | undefined>(undefined);
  const [by, setBy] = useState<ColorBy>("class");
  const [lasso, setLasso] = useState(false);
  const [group, setGroup] = useState<readonly number[]>([]);
  const device = store.device.value;
  const { round } = store.snapshot.value;
  useEffect(() => {
    let gone = false;
    theEngine().map().then((found) => gone || setMap(found), fail);
    return () => gone = true;
  }, [round, device, store.opened.value]);
  return (
    <div class="map-view">
      {map
        ? (
          <MapCanvas
            key={map.key}
            map={map}
            by={by}
            lasso={lasso}
            onGroup={setGroup}
          />
        )
        : <p class="state" role="status">{text.mapping}</p>}
      <aside class="panel">
        <h2>{text.mapTitle}</h2>
        <p class="hint">{text.mapHint}</p>
        <fieldset>
          <legend>{text.colorBy}</legend>
          {(["class", "uncertainty"] as const).map((kind) => (
            <label key={kind}>
              <input
                type="radio"
                name="color-by"
                checked={by === kind}
                onChange={() => setBy(kind)}
              />
              {text.colors[kind]}
            </label>
          ))}
        </fieldset>
        {by === "class" && <Legend />}
        <button type="button" aria-pressed={lasso} onClick={() => setLasso(!lasso)}>
          {lasso ? text.lassoOff : text.lassoOn}
        </button>
        <Group group={group} onDone={() => setGroup([])} />
      </aside>
    </div>
  );
}

function Legend() {
  const { value: classes } = store.classes;
  return (
    <ul class="map-legend">
      {classes.slice(0, 24).map((name, k) => (
        <li key={name}>
          <span
            class="swatch"
            style={{ background: `rgb(${classColor(k, classes.length, isDark()).join(" ")})` }}
          />
          {name}
        </li>
      ))}
    </ul>
  );
}

/** Labels the samples inside the lasso. */
function Group({ group, onDone }: { group: readonly number[]; onDone: () => void }) {
  const open = group.filter((row) => !store.labelOf.value.has(row));
  if (open.length === 0) return null;
  return (
    <div class="group">
      <p>{text.groupTitle(open.length)}</p>
      <div class="classes" role="group" aria-label={text.classesName}>
        {store.classes.value.map((name, label) => (
          <button
            key={name}
            type="button"
            class="class"
            onClick={() => void labelGroup(open, label).then(onDone)}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}

interface MapCanvasProps {
  readonly map: MapData;
  readonly by: ColorBy;
  readonly lasso: boolean;
  readonly onGroup: (rows: readonly number[]) => void;
}

function MapCanvas({ map, by, lasso, onGroup }: MapCanvasProps) {
  const points = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const scene = useRef<MapScene | undefined>(undefined);
  const [hovered, setHovered] = useState<{ row: number; x: number; y: number } | undefined>();
  useEffect(() => {
    const engine = theEngine();
    const own = scene.current = new MapScene(points.current!, marks.current!, {
      ...(map.drawnByWorker && {
        remote: {
          attach: (canvas) => void engine.attachMap(transfer(canvas, [canvas])),
          paint: (colors) => void engine.paintMap(colors),
          draw: (frame) => void engine.drawMap(frame),
        },
      }),
      onHover: setHovered,
      onOpen: (row) => {
        select(row);
        store.view.value = "label";
      },
      onLasso: onGroup,
    });
    return () => own.dispose();
  }, []);
  useEffect(() => scene.current?.show(map), [map]);
  useEffect(() => {
    const labels = store.labelOf.value;
    scene.current?.paint(colorsOf(map, by, store.classes.value.length, labels, isDark()));
    scene.current?.mark(store.snapshot.value.batch, [...labels.keys()], store.cursor.value);
  }, [map, by, store.labelOf.value, store.snapshot.value, store.cursor.value]);
  useEffect(() => scene.current?.useLasso(lasso), [lasso]);
  return (
    <div class="map" data-creel="map" data-drawn={map.drawnByWorker ? "webgpu" : "2d"}>
      <canvas ref={points} aria-hidden="true" />
      <canvas ref={marks} tabIndex={0} role="img" aria-label={text.mapName(map.predicted.length)} />
      {hovered && (
        <div class="hovered" style={{ left: `${hovered.x}px`, top: `${hovered.y}px` }}>
          <div class="thumb">
            <SampleImage row={hovered.row} />
          </div>
          <span>{hoveredText(map, hovered.row)}</span>
        </div>
      )}
    </div>
  );
}

function hoveredText({ predicted, uncertainty }: MapData, row: number): string {
  const classes = store.classes.value;
  const label = store.labelOf.value.get(row);
  if (label !== undefined) return text.labeledState(classes[label]!);
  const own = predicted[row]!;
  return own < 0 ? text.row(row) : text.predictedAs(classes[own]!, uncertainty[row]!);
}

function isDark(): boolean {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
