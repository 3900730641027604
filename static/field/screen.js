// Which screen is open, what the person chose, and what was just said.
import { computed, effect, signal, untracked } from '@preact/signals';
import { t } from '../base/i18n.js';
import { dayOf } from './db.js';
import { items } from './outbox.js';
import { centre, following } from './map.js';
import { fix, grade } from './position.js';

/** @typedef {'tiles' | 'draft' | 'burst' | 'asset' | 'sync' | 'more' | 'repair' | 'move'} Screen */

/** The person wants to sign in later, and go on without the network meanwhile. */
export const lateLogin = signal(false);
export const screen = signal(/** @type {Screen} */ ('tiles'));
/** The class that is tagged. */
export const chosen = signal(/** @type {any} */ (null));
/** Id of the asset that is open. */
export const opened = signal('');
/** Whether something was entered that is not saved yet. */
export const unsaved = signal(false);
/** Id of the asset that opens as soon as nothing is unsaved, or ''. */
const next = signal('');
/** The refused item that is mended. */
export const mending = signal(/** @type {import('./db.js').Op | null} */ (null));
/** @type {import('@preact/signals').Signal<{text: string, undo?: () => void, bad?: boolean} | null>} */
export const toast = signal(null);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
const shown = 6000; // ms

/** @param {string} text @param {{undo?: () => void, bad?: boolean}} [more] */
export function say(text, more = {}) {
  toast.value = { text, ...more };
  clearTimeout(timer);
  timer = setTimeout(() => { toast.value = null; }, shown);
}

/**
 * Opens an asset, or puts it off where that would lose what is being entered.
 * @param {string} id
 */
export function show(id) {
  if (unsaved.peek()) { next.value = id; say(t('field.next')); return; }
  [next.value, opened.value, screen.value] = ['', id, 'asset'];
}
effect(() => { if (next.value && !unsaved.value && screen.value === 'tiles') untracked(() => show(next.value)); });

/** Id of the asset that an address names, as labels do, or null. @param {string} hash */
export const namedIn = (hash) => new URLSearchParams(hash.slice(1)).get('asset');

/** The phone's own way back leads out of a screen, not out of the page, and not past what is being entered. */
export function startBack() {
  effect(() => { if (screen.value !== 'tiles' && !history.state?.inside) history.pushState({ inside: true }, ''); });
  addEventListener('popstate', () => {
    if (screen.peek() === 'tiles' || namedIn(location.hash)) return;
    if (unsaved.peek()) { history.pushState({ inside: true }, ''); say(t('field.unsaved')); return; }
    [chosen.value, opened.value, screen.value] = [null, '', screen.peek() === 'repair' ? 'sync' : 'tiles'];
  });
}

/** What was created on this day and still stands. */
export const today = computed(() => items.value.filter((o) => o.noun === 'asset' && o.body.kind === 'create' && o.state !== 'undone' && o.day === dayOf()).length);

/** Metres the chosen class needs. */
export const need = computed(() => chosen.value?.accuracy_m || 5);
export const quality = computed(() => grade(fix.value?.accuracy, need.value));
/** Whether the crosshair says the place, not the phone. */
export const aiming = computed(() => !following.value || !fix.value || quality.value === 'bad');

/** Where a thing tagged now would stand, or null before the map knows. */
export const spot = computed(() => {
  if (!aiming.value && fix.value) return { position: fix.value.position, accuracy: fix.value.accuracy };
  const at = centre.value ?? fix.value?.position;
  return at ? { position: at, accuracy: null } : null;
});
