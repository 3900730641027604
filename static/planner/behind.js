// A figure that leads to the entries behind it, for those who may see them.
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { may } from '../base/session.js';
import { lookBehind } from '../base/store.js';

/** @param {{href: string | null | undefined, label: string, children: any}} props `href`: the question as the server gives it */
export function Behind({ href, label, children }) {
  if (!href || !may('viewer')) return children;
  return html`<button type="button" class="behind" aria-label=${`${label}, ${t('entries.behind')}`} title=${t('entries.behind')} onClick=${() => lookBehind(href)}>${children}</button>`;
}
