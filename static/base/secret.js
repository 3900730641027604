// A secret that is shown this once, to be copied.
import { useRef, useState } from 'preact/hooks';
import { html, Icon } from './view.js';
import { t } from './i18n.js';

/**
 * Puts a text into the clipboard. On plain http there is only the old way,
 * which copies what is selected.
 * @param {string} text
 * @param {HTMLElement} shown where the text is on the page
 */
async function copy(text, shown) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  getSelection()?.selectAllChildren(shown);
  return document.execCommand('copy');
}

/** @param {{text: string, label: string}} props */
export function Secret({ text, label }) {
  const shown = useRef(/** @type {HTMLElement | null} */ (null));
  const [state, setState] = useState(/** @type {'' | 'done' | 'failed'} */ (''));
  const take = async () => setState(await copy(text, /** @type {HTMLElement} */ (shown.current)) ? 'done' : 'failed');
  return html`<div class="field"><span class="field-label">${label}</span>
    <div class="secret"><output ref=${shown}>${text}</output>
      <button type="button" class="button" onClick=${take}><${Icon} name=${state === 'done' ? 'ui-check' : 'ui-copy'} />${t(state === 'done' ? 'copy.done' : 'copy')}</button></div>
    <p class="field-hint" role="status">${state === 'failed' ? t('copy.failed') : ''}</p></div>`;
}
