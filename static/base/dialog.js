// A question in front of the page. The browser keeps the focus inside, gives
// it back, and closes it on Escape.
import { useEffect, useId, useRef } from 'preact/hooks';
import { html, Icon } from './view.js';
import { t } from './i18n.js';

/**
 * @param {{title: string, close: () => void, children: any, className?: string, submit?: () => void, foot?: any, id?: string}} props
 *   `submit`: what Enter and the button of type submit in `foot` do
 */
export function Dialog({ title, close, children, className = '', submit, foot, id }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const heading = useId();
  const over = useRef(false);
  useEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog?.showModal();
    // The first thing to fill in, not the button that closes.
    const first = dialog?.querySelector('.dialog-body :is(input, select, textarea):not(:disabled, [readonly])');
    if (first instanceof HTMLElement) first.focus();
    return () => {
      over.current = true;
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const inside = html`<div class="dialog-body">${children}</div>${foot && html`<div class="dialog-foot">${foot}</div>`}`;
  return html`<dialog ref=${box} id=${id} class=${`dialog ${className}`} aria-labelledby=${heading}
      onCancel=${(/** @type {Event} */ e) => { e.preventDefault(); close(); }} onClose=${() => { if (!over.current) close(); }} onKeyDown=${(/** @type {KeyboardEvent} */ e) => { if (e.key === 'Escape') e.stopPropagation(); }}>
    <div class="dialog-head"><h2 id=${heading}>${title}</h2><button type="button" class="ghost square" aria-label=${t('close')} onClick=${close}><${Icon} name="ui-close" /></button></div>
    ${submit ? html`<form novalidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); e.stopPropagation(); submit(); }}>${inside}</form>` : inside}
  </dialog>`;
}

/**
 * What the server said against it.
 * @param {{problem: Error | null, title?: string}} props
 */
export function Refusal({ problem, title }) {
  if (!problem) return null;
  return html`<div class="note bad" role="alert"><${Icon} name="ui-alert" /><div>${title && html`<b>${title}</b><br />`}${problem.message}</div></div>`;
}

/**
 * Asks before something that is not easily taken back.
 * @param {{title: string, act: () => void, close: () => void, verb: string, children: any, busy?: boolean, problem?: Error | null, danger?: boolean}} props
 */
export function Confirm({ title, act, close, verb, children, busy = false, problem = null, danger = true }) {
  return html`<${Dialog} title=${title} close=${close} submit=${act} foot=${html`
      <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class=${`button ${danger ? 'danger' : 'primary'} ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${verb}</button>`}>
    ${children}<${Refusal} problem=${problem} />
  <//>`;
}
