// A figure that leads to the entries behind it, for those who may see them.
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { may } from '../base/session.js';
import { lookBehind } from '../base/store.js';

/** @param {{href: string | null | undefined, label: string, children: any}} props `href`: the question as the server gives it; `label`: the figure in full, for who only hears it */
export function Behind({ href, label, children }) {
  if (!href || !may('viewer')) return children;
  return html`<button type="button" class="behind" title=${t('entries.behind')} onClick=${() => lookBehind(href)}>${children}<span class="hidden"> ${label}, ${t('entries.behind')}</span></button>`;
}
