/**
 * The camera: one frame at a time goes to a worker that reads its codes (zxing, the same engine in every browser).
 * A code that stays in view counts once, also if other screens came in between.
 */

const OUT_OF_VIEW_MS = 2_000;
// Often enough for a hand that holds a phone, and little work for a tablet that stands on a counter all day.
const LOOKS_EVERY_MS = 100;

export class Scanner {
  /**
   * @param {HTMLVideoElement} video  its data-worker, data-zxing and data-wasm are the addresses of the engine
   * @param {(code: string) => void} onCode
   */
  constructor(video, onCode) {
    this.video = video;
    this.onCode = onCode;
    this.onLost = () => {};
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {Promise<void> | null} */
    this.starting = null;
    this.isWanted = false;
    this.isBusy = true;
    this.isPaused = true;
    this.isStale = false;
    this.lastCode = "";
    this.lastSeenAt = 0;
    this.lookedAt = 0;
    /** @type {(canRead: boolean) => void} */
    this.tell = () => undefined;
    /** @type {Promise<boolean>}  whether the worker can read codes on this device */
    this.canRead = new Promise((resolve) => (this.tell = resolve));
  }

  get isOn() {
    return this.stream !== null;
  }

  /**
   * Turn the camera on. Rejects if there is none or nobody allows it.
   *
   * @returns {Promise<void>}
   */
  start() {
    this.isWanted = true;
    if (this.isOn) return Promise.resolve();
    this.starting ??= this.open().finally(() => (this.starting = null));
    return this.starting;
  }

  async open() {
    if (!navigator.mediaDevices) throw new DOMException("a secure address is needed", "NotSupportedError");
    const video = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video });
    if (!this.isWanted) return this.stop();
    for (const track of this.stream.getTracks()) track.addEventListener("ended", () => this.lose(track));
    this.startWorker();
    this.video.srcObject = this.stream;
    await this.video.play();
    this.look();
  }

  /**
   * The camera was pulled out, or taken by somebody else: what it showed last would stand there for ever.
   *
   * @param {MediaStreamTrack} track
   */
  lose(track) {
    if (!this.stream?.getTracks().includes(track)) return;
    this.stop();
    this.onLost();
  }

  stop() {
    this.isWanted = false;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  /** A frame that is being read just now does not count either, however late its code comes. */
  pause() {
    this.isPaused = true;
    this.isStale = true;
  }

  /** Look again; the code that was read last has to leave the picture before it counts again. */
  resume() {
    this.isPaused = false;
    this.lastSeenAt = Date.now();
  }

  startWorker() {
    if (this.worker) return;
    const { worker = "", zxing = "", wasm = "" } = this.video.dataset;
    this.worker = new Worker(worker, { type: "module" });
    this.worker.onerror = () => this.tell(false);
    this.worker.onmessage = ({ data }) => {
      if (data.ready || data.error) this.tell(Boolean(data.ready));
      this.isBusy = false;
      if (data.code && !this.isStale) this.saw(data.code);
    };
    const absolute = (/** @type {string} */ address) => new URL(address, location.href).href;
    this.worker.postMessage({ zxing: absolute(zxing), wasm: absolute(wasm) });
  }

  /** @param {string} code */
  saw(code) {
    if (this.isPaused) return;
    const now = Date.now();
    const isStillThere = code === this.lastCode && now - this.lastSeenAt < OUT_OF_VIEW_MS;
    this.lastCode = code;
    this.lastSeenAt = now;
    if (!isStillThere) this.onCode(code);
  }

  /** Send this frame, if the worker has time for it, and come back for the next one. */
  look() {
    if (!this.isOn) return;
    const isDue = performance.now() - this.lookedAt >= LOOKS_EVERY_MS;
    if (isDue && !this.isBusy && !this.isPaused && this.video.videoWidth) this.sendFrame();
    const again = () => this.look();
    if ("requestVideoFrameCallback" in this.video) this.video.requestVideoFrameCallback(again);
    else requestAnimationFrame(again);
  }

  /** The page only hands it over: taking the pixels out is the worker's, as it would hold up the next tap. */
  async sendFrame() {
    this.lookedAt = performance.now();
    this.isBusy = true;
    this.isStale = false;
    try {
      const frame = "VideoFrame" in window ? new VideoFrame(this.video) : await createImageBitmap(this.video);
      this.worker?.postMessage({ frame }, [frame]);
    } catch {
      this.isBusy = false; // the camera has just gone
    }
  }
}
