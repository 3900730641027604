// What every page over the map looks like: a way back, a head, a body.
import { useEffect, useRef } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { page } from '../base/store.js';

/**
 * The head of a page and what is below it.
 * @param {{title: string, about?: any, back?: () => void, backTo?: string, actions?: any, foot?: any, className?: string, children: any}} props
 */
export function Leaf({ title, about, back = () => { page.value = ''; }, backTo = t('desk.back'), actions, foot, className = '', children }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => heading.current?.focus(), []);
  return html`<div class=${`leaf ${className}`}>
    <button type="button" class="back" id="desk-back" onClick=${back}><${Icon} name="ui-back" />${backTo}</button>
    <header class="leaf-head"><div><h2 tabindex="-1" ref=${heading}>${title}</h2>${about && html`<p>${about}</p>`}</div>${actions && html`<div class="leaf-actions">${actions}</div>`}</header>
    ${children}
  </div>${foot && html`<footer class="page-foot">${foot}</footer>`}`;
}
