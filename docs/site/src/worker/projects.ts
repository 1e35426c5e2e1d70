/**
 * Projects from files that a person dropped on the page, and projects as one file.
 *
 * @module
 */

import { encodeNpy } from "../../../../src/io/numpy/npy.ts";
import { blobSource, InputError } from "../creel.ts";
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import type { Database, StoredFile, StoredProject } from "../store/database.ts";
import { classesIn, pixelShape, readData } from "./data.ts";
import type { ProjectSettings } from "./protocol.ts";
import type { Session } from "./session.ts";

/** The files with features. */
const FEATURES = /\.(npy|npz|csv|tsv|safetensors|parquet|idx)(\.gz)?$/i;
/** The files with images. */
const IMAGES = /\.(png|jpe?g|webp|gif|avif|bmp)$/i;

/** The most classes that a project is given by itself, when the file names none. */
const CLASSES = 2;

/** What the file `project.json` in a project file has. */
interface Manifest extends Omit<StoredProject, "id" | "changed" | "demo" | "learner"> {
  readonly format: "creel-project";
  readonly version: 1;
  readonly features: string;
}

/**
 * Makes a project from files, and stores it.
 *
 * @param database the storage
 * @param files one file of features, with or without images in the same order; or images alone; or
 * a project file
 * @param onProgress receives the progress of features that are computed
 * @returns the key of the project
 * @throws {InputError} if the files are no project
 */
export async function projectFromFiles(
  database: Database,
  files: readonly File[],
  onProgress: (done: number, total: number) => void,
): Promise<string> {
  const [first] = files;
  if (files.length === 1 && /\.creel$/i.test(first!.name)) {
    return await projectFromArchive(database, first!);
  }
  const images = files.filter(({ name }) => IMAGES.test(name))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const features = files.filter(({ name }) => FEATURES.test(name));
  if (features.length === 0 && images.length > 1) {
    const { thumbnailFeatures } = await import("./thumbnails.ts");
    features.push(await thumbnailFeatures(images, (done) => onProgress(done, images.length)));
  }
  if (features.length !== 1) {
    const found = features.length === 0 ? "no file" : `${features.length} files`;
    throw new InputError(
      `Cannot make a project: found ${found} of features (.npy, .npz, .csv, .safetensors, ` +
        `.parquet or .idx), and 1 is needed${images.length > 0 ? " beside the images" : ""}`,
    );
  }
  const file = features[0]!;
  const data = await readData(blobSource(file.name, file));
  if (images.length > 0 && images.length !== data.rows) {
    throw new InputError(
      `Cannot use ${images.length} images: ${file.name} has features of ${data.rows} samples`,
    );
  }
  const count = Math.max(classesIn(data.labels), CLASSES);
  const pixels = images.length > 0 ? undefined : pixelShape(data);
  return await store(database, {
    name: file.name.replace(FEATURES, ""),
    classes: Array.from({ length: count }, (_, label) => String(label)),
    strategy: "",
    initial: "bait",
    budget: 10,
    pixels,
    images: images.length > 0 ? images.map(({ name }) => name) : undefined,
  }, [file, ...images]);
}

/** The open project as one file: its settings, its learner, its features and its images. */
export async function projectArchive(
  database: Database,
  session: Session,
): Promise<Uint8Array<ArrayBuffer>> {
  const { id, name, classes, strategy, initial, budget, pixels, images, demo } = session.project;
  const features = demo
    ? {
      name: "digits.npz",
      blob: await (await fetch(new URL("digits.npz", import.meta.url))).blob(),
    }
    : (await database.file(id, "features"))!;
  const manifest: Manifest = {
    format: "creel-project",
    version: 1,
    ...{ name, classes, strategy, initial, budget, pixels, images },
    features: `features/${features.name}`,
  };
  const content: Zippable = {
    "project.json": strToU8(JSON.stringify(manifest, undefined, 2)),
    "learner.json": strToU8(JSON.stringify(session.learner)),
    [manifest.features]: [await bytesOfBlob(features.blob), { level: 0 }],
  };
  for (const at of images?.keys() ?? []) {
    const image = await database.file(id, String(at));
    if (image) content[`images/${at}`] = [await bytesOfBlob(image.blob), { level: 0 }];
  }
  return zipSync(content);
}

/**
 * The labels as `creel select --labels FILE --labeled FILE` reads them: an .npz with the class of
 * each row, -1 if it is unknown, and the rows that are labeled.
 */
export function labelsNpz({ data, snapshot }: Session): Uint8Array<ArrayBuffer> {
  const labels = new Int32Array(data.rows).fill(-1);
  for (const { row, label } of snapshot.labels) labels[row] = label;
  const labeled = Int32Array.from(snapshot.labels, ({ row }) => row);
  return zipSync({
    "labels.npy": encodeNpy(labels, [labels.length]),
    "labeled.npy": encodeNpy(labeled, [labeled.length]),
  });
}

async function projectFromArchive(database: Database, file: File): Promise<string> {
  const damaged = (why: string) => new InputError(`Cannot open ${file.name}: ${why}`);
  let content: Record<string, Uint8Array>;
  try {
    content = unzipSync(await bytesOfBlob(file));
  } catch {
    throw damaged("it is no project file of Creel");
  }
  const { "project.json": head, "learner.json": state } = content;
  if (!head || !state) throw damaged("it is no project file of Creel");
  const { format, version, features, ...settings } = JSON.parse(strFromU8(head)) as Manifest;
  if (format !== "creel-project" || version !== 1) {
    throw damaged(`it has version ${version} of the format, and this page reads version 1`);
  }
  const bytes = content[features];
  if (!bytes) throw damaged("its features are missing");
  const images = settings.images?.map((name, at) => {
    const image = content[`images/${at}`];
    if (!image) throw damaged(`image ${name} is missing`);
    return new File([image as Uint8Array<ArrayBuffer>], name);
  });
  const own = new File([bytes as Uint8Array<ArrayBuffer>], features.replace(/^features\//, ""));
  const { events, ...learner } = JSON.parse(strFromU8(state));
  const id = await store(database, settings, [own, ...images ?? []], learner);
  await database.replaceEvents((await database.project(id))!, events);
  return id;
}

/** Stores a new project with its features, which come first, and its images. */
async function store(
  database: Database,
  settings: ProjectSettings & Pick<StoredProject, "pixels" | "images">,
  [features, ...images]: readonly File[],
  learner?: StoredProject["learner"],
): Promise<string> {
  const id = crypto.randomUUID();
  const fileOf = (file: File, key: string): StoredFile => ({
    project: id,
    key,
    name: file.name,
    blob: file,
  });
  const project: StoredProject = { ...settings, id, changed: Date.now(), demo: false, learner };
  await database.write(project, {
    files: [
      fileOf(features!, "features"),
      ...images.map((image, at) => fileOf(image, String(at))),
    ],
  });
  return id;
}

async function bytesOfBlob(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}
