/**
 * A module worker that reads QR codes and barcodes out of camera frames with zxing-cpp (WebAssembly). The addresses of the engine
 * come with the first message, because static files have other names in production. Messages out: {ready},
 * {code: string | null}, {error}.
 */

/** @type {((image: ImageData, options: object) => Promise<{text: string}[]>) | null} */
let read = null;

const FRAME_SIZE = 720;
const canvas = new OffscreenCanvas(1, 1);
const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
  canvas.getContext("2d", { willReadFrequently: true })
);
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

/** @param {{frame: VideoFrame | ImageBitmap}} message */
async function decode({ frame }) {
  const image = middleOf(frame);
  frame.close();
  const found = read ? await read(image, OPTIONS) : [];
  return { code: found[0]?.text ?? null };
}

/**
 * The square in the middle of the picture, where the frame on the screen is.
 *
 * @param {VideoFrame | ImageBitmap} picture
 */
function middleOf(picture) {
  const [width, height] =
    "displayWidth" in picture
      ? [picture.displayWidth, picture.displayHeight]
      : [picture.width, picture.height];
  const side = Math.min(width, height);
  const size = Math.min(FRAME_SIZE, side);
  if (canvas.width !== size) canvas.width = canvas.height = size;
  context.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side, 0, 0, size, size);
  return context.getImageData(0, 0, size, size);
}

addEventListener("message", async ({ data }) => {
  try {
    postMessage(data.zxing ? await prepare(data) : await decode(data));
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
