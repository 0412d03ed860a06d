// Runs the example in this folder and fails unless training lowers the loss.
import { readFile } from "node:fs/promises";

const module = await WebAssembly.compile(await readFile(process.argv[2]));
const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) throw new Error(`expected no imports, found ${JSON.stringify(imports)}`);
const { loss_after } = (await WebAssembly.instantiate(module)).exports;
const [before, after] = [0, 300].map((epochs) => loss_after(epochs));
console.log(`loss before training: ${before.toFixed(4)}; after 300 epochs of fit: ${after.toFixed(4)}`);
if (!(after < before / 2)) throw new Error("expected the loss to fall below half of its initial value");
