// The only place that talks to the server.
import { language, t } from './i18n.js';

/** What the server says when it refuses (RFC 9457), or why it was not reached. */
export class Problem extends Error {
  /**
   * @param {string} title
   * @param {{status?: number, code?: string, field?: string, offline?: boolean, errors?: {field: string, detail: string}[], body?: Record<string, any>, wait?: number}} [more]
   */
  constructor(title, { status = 0, code = '', field = '', offline = false, errors = [], body = {}, wait = 0 } = {}) {
    super(title);
    this.status = status;
    this.code = code;
    this.field = field;
    this.offline = offline;
    /** Every member that is wrong, where there are several. */
    this.errors = errors;
    /** The whole answer, with the members of its kind: candidates, current, count … */
    this.body = body;
    /** Seconds to wait before the next attempt; 0 where the server names none. */
    this.wait = wait;
  }
}

const patience = 30_000; // ms, for one answer
const breath = 1000; // ms between a write that got no answer and its repeat

/** @type {((writing: boolean) => Promise<boolean>) | null} */
let askWho = null;

/**
 * Says how to ask the person who they are when the server wants to know it:
 * the promise holds whether they said so.
 * @param {(writing: boolean) => Promise<boolean>} ask
 */
export function whenUnknown(ask) {
  askWho = ask;
}

/** A new UUID. On plain http browsers have no crypto.randomUUID. */
export function newID() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * One request. Asks for a sign-in and goes on after it where one is needed.
 * @param {URL} url
 * @param {RequestInit & {headers?: Record<string, string>}} init
 * @param {AbortSignal} [signal]
 * @param {number} [wait] ms for the answer, to its end
 * @returns {Promise<Response>}
 */
async function request(url, init, signal, wait = patience) {
  const limit = AbortSignal.timeout(wait);
  let response;
  try {
    response = await fetch(url, {
      ...init,
      headers: { Accept: 'application/geo+json, application/json, application/problem+json', 'Accept-Language': language.peek(), ...init.headers },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    console.warn(url.pathname, cause);
    throw new Problem(t('offline.short'), { offline: true });
  }
  if (response.ok) return response;
  const aboutSession = url.pathname.startsWith('/api/v1/session');
  if (response.status === 401 && !aboutSession && askWho && await askWho(init.method !== undefined)) return request(url, init, signal, wait);
  throw await refusal(response);
}

/**
 * Gets JSON. Throws a Problem for every refusal and for a server out of
 * reach, and the AbortError of `signal` when the caller lost interest.
 * @param {string} path
 * @param {Record<string, string | number | undefined>} [query] undefined members are left out
 * @param {AbortSignal} [signal]
 * @param {number} [wait] ms for the answer, to its end
 * @returns {Promise<any>}
 */
export async function get(path, query = {}, signal, wait) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return (await request(url, {}, signal, wait)).json();
}

/**
 * Writes, once however often it is sent. Gives the answer's JSON, or null
 * where there is none.
 *
 * A write that got no answer is repeated once under the same key; the caller
 * who wants to repeat it again gives the same `op`.
 * @param {'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
 * @param {string} path
 * @param {unknown} [body] a Blob goes as it is, anything else as JSON
 * @param {{version?: number, op?: string, type?: string, signal?: AbortSignal, wait?: number}} [how] `version` is the one that was seen and is changed
 * @returns {Promise<any>}
 */
export async function send(method, path, body, { version, op = newID(), type = 'application/json', signal, wait } = {}) {
  /** @type {Record<string, string>} */
  const headers = { 'Idempotency-Key': op };
  if (body !== undefined) headers['Content-Type'] = type;
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  const url = new URL(path, location.origin);
  const init = { method, headers, body: body === undefined || body instanceof Blob ? body : JSON.stringify(body) };
  const response = await request(url, init, signal, wait).catch(async (cause) => {
    if (!(cause instanceof Problem && cause.offline)) throw cause;
    await new Promise((resolve) => { setTimeout(resolve, breath); });
    return request(url, init, signal, wait);
  });
  return response.status === 204 ? null : response.json();
}

/**
 * Asks for a file that is made of what the body says.
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<Blob>}
 */
export async function file(path, body) {
  const response = await request(new URL(path, location.origin), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return response.blob();
}

/**
 * Sends the bytes of a file and tells how far it is. Only XMLHttpRequest knows.
 * @param {string} path
 * @param {Blob} file
 * @param {{type: string, progress: (share: number) => void, signal: AbortSignal}} how `share` is of 0 to 1
 * @returns {Promise<any>}
 */
export function upload(path, file, { type, progress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    for (const [name, value] of Object.entries({ Accept: 'application/json, application/problem+json', 'Accept-Language': language.peek(), 'Content-Type': type })) request.setRequestHeader(name, value);
    request.upload.onprogress = (e) => { if (e.lengthComputable) progress(e.loaded / e.total); };
    request.onerror = () => reject(new Problem(t('offline.short'), { offline: true }));
    request.onabort = () => reject(signal.reason);
    request.onload = () => {
      const response = new Response(request.responseText, { status: request.status });
      if (response.ok) response.json().then(resolve, reject); else refusal(response).then(reject, reject);
    };
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** @param {Response} response */
async function refusal(response) {
  const { status } = response;
  const wait = Number(response.headers.get('Retry-After')) || 0;
  try {
    const body = await response.json();
    // The field has its own place on the page.
    const said = String(body.detail || body.title);
    const bare = body.field && said.startsWith(`${body.field}: `) ? said.slice(body.field.length + 2) : said;
    return new Problem(bare, {
      status, body, wait, code: String(body.type ?? '').split('/').pop(), field: body.field, errors: body.errors,
    });
  } catch {
    return new Problem(`HTTP ${status}`, { status, wait });
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

