/**
 * A module worker that reads QR codes and barcodes out of camera frames with zxing-cpp (WebAssembly). The addresses of the engine
 * come with the first message, because static files have other names in production. Messages out: {ready},
 * {code: string | null}, {error}.
 */

/** @type {((image: ImageData, options: object) => Promise<{text: string}[]>) | null} */
let read = null;

const OPTIONS = {
  // QR codes, and what stands on cards that customers have already.
  formats: ["QRCode", "EAN-13", "Code128"],
  tryHarder: true,
  tryInvert: true,
  tryRotate: true,
  maxNumberOfSymbols: 1,
};

/** @param {{zxing: string, wasm: string}} addresses */
async function prepare({ zxing, wasm }) {
  const engine = await import(zxing);
  await engine.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  read = engine.readBarcodes;
  return { ready: true };
}

/** @param {{pixels: ArrayBuffer, size: number}} frame */
async function decode({ pixels, size }) {
  const image = new ImageData(new Uint8ClampedArray(pixels), size, size);
  const found = read ? await read(image, OPTIONS) : [];
  return { code: found[0]?.text ?? null };
}

addEventListener("message", async ({ data }) => {
  try {
    postMessage(data.zxing ? await prepare(data) : await decode(data));
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
