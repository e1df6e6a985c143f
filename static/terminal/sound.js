/** A sound and a touch for each kind of result, so that nobody has to look. */

/** @type {Record<string, [frequency: number, start: number, seconds: number][]>} */
const TONES = {
  ok: [
    [880, 0, 0.09],
    [1320, 0.08, 0.14],
  ],
  noted: [[660, 0, 0.12]],
  warn: [[520, 0, 0.2]],
  bad: [[220, 0, 0.3]],
  scan: [[1180, 0, 0.06]],
};

/** @type {Record<string, number[]>} */
const VIBRATIONS = { ok: [40], noted: [40], warn: [60, 60, 60], bad: [180], scan: [20] };

const VOLUME = 0.12;
const SILENCE = 0.001;

/** @type {AudioContext | null} */
let audio = null;

// After a sleep a device may go on with a sound that nobody hears: the next one begins anew.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  audio?.close().catch(() => undefined);
  audio = null;
});

/**
 * Play a result; silently does nothing before the first touch of the page, when browsers allow no sound.
 *
 * @param {"ok" | "noted" | "warn" | "bad" | "scan"} kind
 */
export function play(kind) {
  if (!navigator.userActivation?.hasBeenActive) return;
  navigator.vibrate?.(VIBRATIONS[kind]);
  audio ??= new AudioContext();
  if (audio.state !== "running") audio.resume().catch(() => undefined);
  for (const [frequency, start, seconds] of TONES[kind])
    tone(audio, frequency, audio.currentTime + start, seconds);
}

/**
 * @param {AudioContext} context
 * @param {number} frequency
 * @param {number} start
 * @param {number} seconds
 */
function tone(context, frequency, start, seconds) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(VOLUME, start);
  gain.gain.exponentialRampToValueAtTime(SILENCE, start + seconds);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds);
}
