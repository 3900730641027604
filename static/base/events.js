// The only place that listens for what others change, so that an open page
// shows it at once.
import { effect, signal } from '@preact/signals';
import { known, me, open } from './session.js';
import { at, jurisdiction } from './store.js';

/** @typedef {{seq: number, noun: string, id: string, version: number, kind: string}} Change */

const gather = 150; // ms: changes that come together are shown together
const pace = 500; // ms between two looks at the server while changes keep coming
const again = 1000; // ms until a stream that broke is asked for anew, doubled while it fails
const longest = 30_000; // ms, the same at most

/** @type {import('@preact/signals').Signal<Map<string, number>>} */
const versions = signal(new Map());

/**
 * A number that grows whenever an object was changed since the page was opened.
 * @param {string} id
 */
export const touched = (id) => versions.value.get(id) ?? 0;

/** @param {string[]} ids */
function touch(ids) {
  const next = new Map(versions.peek());
  for (const id of ids) next.set(id, (next.get(id) ?? 0) + 1);
  versions.value = next;
}

/** @type {{noun: string, id: string}[]} */
let heard = [];
let timer = 0;
let told = 0; // when the page last followed

/** @type {(nouns: Set<string>) => void} */
let tell = () => {};

/**
 * Says that objects changed, by somebody else or from this very page, and lets
 * everything that shows them follow.
 * @param {{noun: string, id: string}[]} changes
 */
export function announce(changes) {
  heard.push(...changes);
  if (timer) return;
  timer = window.setTimeout(() => {
    const list = heard;
    timer = 0;
    told = Date.now();
    heard = [];
    touch(list.map((c) => c.id));
    tell(new Set(list.map((c) => c.noun)));
  }, Math.max(gather, told + pace - Date.now()));
}

/**
 * Follows the changes of the jurisdiction on the screen, while its present is
 * shown.
 * @param {(nouns: Set<string>) => void} follow
 */
export function startEvents(follow) {
  tell = follow;
  effect(() => {
    const place = jurisdiction.value;
    if (!place || at.value || !known.value || !(me.value || open.value)) return undefined;
    return listen(place, announce);
  });
}

/**
 * @param {string} place
 * @param {(changes: Change[]) => void} hear
 * @returns {() => void}
 */
function listen(place, hear) {
  let seq = -1;
  let wait = again;
  let timer = 0;
  /** @type {EventSource | undefined} */
  let source;
  const connect = () => {
    // By a position of our own: the browser's own way back knows none before the
    // first change, and would miss what happened meanwhile.
    source = new EventSource(`/api/v1/events?jurisdiction=${place}${seq >= 0 ? `&since=${seq}` : ''}`);
    source.addEventListener('ready', (e) => { seq = Math.max(seq, JSON.parse(e.data).seq); wait = again; Object.assign(window, { __listening: true }); });
    source.addEventListener('change', (e) => { const change = JSON.parse(e.data); seq = change.seq; hear([change]); });
    source.addEventListener('catalogue', () => hear([{ seq, noun: 'class', id: '', version: 0, kind: 'update' }]));
    source.addEventListener('error', () => {
      source?.close();
      timer = window.setTimeout(connect, wait);
      wait = Math.min(wait * 2, longest);
    });
  };
  const atOnce = () => { if (source?.readyState === EventSource.CLOSED) { clearTimeout(timer); wait = again; connect(); } };
  connect();
  addEventListener('online', atOnce);
  return () => { clearTimeout(timer); source?.close(); removeEventListener('online', atOnce); Object.assign(window, { __listening: false }); };
}
