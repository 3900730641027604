// The track of a walk, written down while the page is open.
import { signal } from '@preact/signals';
import { distance } from '../base/geo.js';
import { meta, setMeta } from './db.js';
import { fix, onFix } from './position.js';
import { walkedTrack } from './tagging.js';

const step = 3; // metres between two points
const enough = 30; // metres of accuracy, to count

export const tracking = signal(false);
/** Metres of the track so far. */
export const metres = signal(0);
let stop = () => {};

/** @type {{started: string, points: [number, number][]}} */
let walk = { started: '', points: [] };

/** Goes on with a walk that a closed tab cut off. */
export async function resumeTrack() {
  const cut = await meta('walk');
  if (cut) { walk = cut; metres.value = walk.points.reduce((sum, p, i) => (i > 0 ? sum + distance(walk.points[i - 1], p) : 0), 0); listen(); }
}

export async function startTrack() {
  const here = fix.peek();
  walk = { started: new Date().toISOString(), points: here && here.accuracy <= enough ? [here.position] : [] };
  metres.value = 0;
  await setMeta('walk', walk);
  listen();
}

function listen() {
  tracking.value = true;
  stop = onFix(async (f) => {
    const last = walk.points.at(-1);
    if (f.accuracy > enough || (last && distance(last, f.position) < step)) return;
    walk.points.push(f.position);
    await setMeta('walk', walk);
    if (last) metres.value += distance(last, f.position);
  });
}

export async function stopTrack() {
  stop();
  tracking.value = false;
  if (walk.points.length > 1) await walkedTrack(walk.started, walk.points);
  await setMeta('walk', null);
}
