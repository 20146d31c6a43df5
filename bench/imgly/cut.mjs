// imgly's package as its readme shows it, with IS-Net in half precision: PHOTO, RESULT.
import { readFile, writeFile } from "node:fs/promises";

import { removeBackground } from "@imgly/background-removal-node";

const [photo, result] = process.argv.slice(2);
const blob = new Blob([await readFile(photo)], { type: "image/jpeg" });
const cutout = await removeBackground(blob, { model: "medium", output: { format: "image/png" } });
await writeFile(result, Buffer.from(await cutout.arrayBuffer()));
