/** A sound and a touch for each kind of result, so that nobody has to look. */

/** @type {Record<string, [frequency: number, start: number, seconds: number][]>} */
const TONES = {
  ok: [
    [880, 0, 0.09],
    [1320, 0.08, 0.14],
  ],
  warn: [[520, 0, 0.2]],
  bad: [[220, 0, 0.3]],
  scan: [[1180, 0, 0.06]],
};

/** @type {Record<string, number[]>} */
const VIBRATIONS = { ok: [40], warn: [60, 60, 60], bad: [180], scan: [20] };

const VOLUME = 0.12;
const SILENCE = 0.001;

/** @type {AudioContext | null} */
let audio = null;

/**
 * Play a result; silently does nothing before the first touch of the page, when browsers allow no sound.
 *
 * @param {"ok" | "warn" | "bad" | "scan"} kind
 */
export function play(kind) {
  if (!navigator.userActivation?.hasBeenActive) return;
  navigator.vibrate?.(VIBRATIONS[kind]);
  audio ??= new AudioContext();
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
