// Where the phone is: the newest fix, or the mean of those while it stands still.
import { computed, signal } from '@preact/signals';
import { distance } from '../base/geo.js';

/** @typedef {{position: [number, number], accuracy: number, at: number}} Fix */

const memory = 20_000; // ms; older fixes say nothing of where one stands
const stale = 30_000; // ms without a fix, and there is none

/** @type {import('@preact/signals').Signal<Fix[]>} */
const fixes = signal([]);
export const denied = signal(false);
const now = signal(Date.now());

/** Where one stands, weighted by accuracy. The accuracy said is that of the best fix: errors of neighbouring fixes go together, and do not average out. */
export const fix = computed(() => {
  const list = fixes.value.filter((f) => now.value - f.at < stale);
  if (list.length === 0) return null;
  let [w, lon, lat] = [0, 0, 0];
  for (const f of list) {
    const weight = 1 / Math.max(f.accuracy, 0.1) ** 2;
    w += weight; lon += f.position[0] * weight; lat += f.position[1] * weight;
  }
  return { position: /** @type {[number, number]} */ ([lon / w, lat / w]), accuracy: Math.min(...list.map((f) => f.accuracy)), count: list.length };
});

/** @param {GeolocationPosition} p */
function take({ coords, timestamp }) {
  denied.value = false;
  const f = { position: /** @type {[number, number]} */ ([coords.longitude, coords.latitude]), accuracy: coords.accuracy, at: Math.max(timestamp, Date.now() - 1000) };
  const here = fix.peek();
  const moved = here && distance(here.position, f.position) > Math.max(2, Math.min(f.accuracy, here.accuracy) / 2);
  fixes.value = moved ? [f] : [...fixes.value.filter((x) => f.at - x.at < memory), f];
  now.value = Date.now();
  for (const hear of hearers) hear(f);
}

/** @type {Set<(f: Fix) => void>} */
const hearers = new Set();

/** Calls back for every fix, until the answer is called. @param {(f: Fix) => void} hear */
export function onFix(hear) {
  hearers.add(hear);
  return () => { hearers.delete(hear); };
}

export function startPosition() {
  if (!navigator.geolocation) { denied.value = true; return; }
  const fail = (/** @type {GeolocationPositionError} */ e) => { denied.value = e.code === e.PERMISSION_DENIED; };
  navigator.geolocation.watchPosition(take, fail, { enableHighAccuracy: true, maximumAge: 1000 });
  setInterval(() => {
    now.value = Date.now();
    // Some phones say nothing while they stand still, but vouch for where they stood.
    const last = fixes.peek().at(-1);
    if (!last || now.peek() - last.at > memory / 2) navigator.geolocation.getCurrentPosition(take, fail, { enableHighAccuracy: true, maximumAge: 2 * stale, timeout: stale });
  }, 5000);
}

/** How good an accuracy is for a need, both in metres. @param {number | undefined} accuracy @param {number} need @returns {'good' | 'fair' | 'bad'} */
export const grade = (accuracy, need) => (accuracy === undefined ? 'bad' : accuracy <= need ? 'good' : accuracy <= 2 * need ? 'fair' : 'bad');
