// What was just done, and the way back.
import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { useDeed } from '../base/deed.js';
import { announce } from '../base/events.js';
import { jurisdiction } from '../base/store.js';

/** @typedef {{text: string, op: string, changes: {noun: string, id: string}[], back?: () => void}} Done */

const stay = 15_000; // ms

let undoing = false; // then the answer is waited for, however long it takes

const done = signal(/** @type {Done | null} */ (null));

/**
 * Says that something was done under an operation, which can be undone, and lets
 * the page follow it at once.
 * @param {string} text
 * @param {string} op
 * @param {{noun: string, id: string}[]} changes
 * @param {() => void} [back] what the page does when it was undone
 */
export function did(text, op, changes, back) {
  done.value = { text, op, changes, back };
  announce(changes);
}

export function UndoToast() {
  const now = done.value;
  const { act, busy, problem, forget } = useDeed(async (op, /** @type {Done} */ d) => {
    undoing = true;
    try {
      await send('POST', `/api/v1/operations/${d.op}/undo`, { jurisdiction: jurisdiction.peek() }, { op });
    } finally { undoing = false; }
    done.value = null;
    announce(d.changes);
    d.back?.();
  });
  useEffect(() => {
    forget();
    if (!now) return undefined;
    const timer = setTimeout(() => { if (done.peek() === now && !undoing) done.value = null; }, stay);
    return () => clearTimeout(timer);
  }, [now]);
  if (!now) return null;
  return html`<div class="toast done" role="status"><${Icon} name=${problem ? 'ui-alert' : 'ui-check'} /><span>${problem ? problem.message : now.text}</span>
    ${!problem && html`<button class="link" id="undo" disabled=${busy} onClick=${() => act(now)}>${t('undo')}</button>`}
    <button class="ghost square" aria-label=${t('close')} onClick=${() => { done.value = null; }}><${Icon} name="ui-close" /></button></div>`;
}
