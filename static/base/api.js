// The only place that talks to the server.
import { language, t } from './i18n.js';

/** What the server says when it refuses (RFC 9457), or why it was not reached. */
export class Problem extends Error {
  /**
   * @param {string} title
   * @param {{status?: number, code?: string, field?: string, offline?: boolean}} [more]
   */
  constructor(title, { status = 0, code = '', field = '', offline = false } = {}) {
    super(title);
    this.status = status;
    this.code = code;
    this.field = field;
    this.offline = offline;
  }
}

const patience = 30_000; // ms, for one answer

/**
 * Gets JSON. Throws a Problem for every refusal and for a server out of
 * reach, and the AbortError of `signal` when the caller lost interest.
 * @param {string} path
 * @param {Record<string, string | number | undefined>} [query] undefined members are left out
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function get(path, query = {}, signal) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const limit = AbortSignal.timeout(patience);
  let response;
  try {
    response = await fetch(url, {
      headers: { Accept: 'application/geo+json, application/json, application/problem+json', 'Accept-Language': language.peek() },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    console.warn(path, cause);
    throw new Problem(t('offline.short'), { offline: true });
  }
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/** @param {Response} response */
async function refusal(response) {
  const { status } = response;
  try {
    const body = await response.json();
    return new Problem(body.detail || body.title, { status, code: String(body.type ?? '').split('/').pop(), field: body.field });
  } catch {
    return new Problem(`HTTP ${status}`, { status });
  }
}

/**
 * Gets every page of a collection of features.
 * @param {string} collection
 * @param {Record<string, string | number | undefined>} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<any[]>}
 */
export async function features(collection, query, signal) {
  const found = [];
  let page = await get(`/ogc/collections/${collection}/items`, { ...query, limit: 1000 }, signal);
  for (;;) {
    found.push(...page.features);
    const next = nextPage(page);
    if (!next) return found;
    page = await get(next, {}, signal);
  }
}

/**
 * The path of the page after this one, or undefined.
 * @param {{links?: {rel: string, href: string}[]}} page
 */
export function nextPage(page) {
  const link = page.links?.find((l) => l.rel === 'next');
  if (!link) return undefined;
  // Behind a proxy the server may not know its public name; the path is enough.
  const url = new URL(link.href, location.origin);
  return url.pathname + url.search;
}

