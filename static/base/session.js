// The only place that knows who is at the screen and what they may do here.
import { computed, signal } from '@preact/signals';
import { get, Problem, send, whenUnknown } from './api.js';
import { jurisdiction } from './store.js';

/**
 * @typedef {'viewer' | 'field' | 'planner' | 'admin'} Role
 * @typedef {{id: string, name: string, display_name: string}} Person
 * @typedef {{account: Person | null, roles: Record<string, Role>, anonymous: 'map' | 'off', via: string}} Session
 */

export const roles = /** @type {const} */ (['viewer', 'field', 'planner', 'admin']);
/** A role held under this code counts everywhere. */
export const everywhere = '000000000';

/** @type {Session} */
const nobody = { account: null, roles: {}, anonymous: 'map', via: '' };
const freshness = 60_000; // ms; what is older is asked again when the page is looked at

/** @type {import('@preact/signals').Signal<Session>} */
const session = signal(nobody);
/** Whether the server has said who this is. */
export const known = signal(false);
/** The person signed in, or null. */
export const me = computed(() => session.value.account);
/** Whether the map may be seen without signing in. */
export const open = computed(() => session.value.anonymous !== 'off');

/** @param {Role | undefined} role */
const rank = (role) => (role ? roles.indexOf(role) : -1);

/**
 * The role held in a jurisdiction, or undefined.
 * @param {string} place
 * @returns {Role | undefined}
 */
export function roleIn(place) {
  const { roles: held } = session.value;
  return rank(held[place]) >= rank(held[everywhere]) ? held[place] : held[everywhere];
}

/** The role held in the jurisdiction on the screen. */
export const role = computed(() => roleIn(jurisdiction.value));

/** The highest role held anywhere. */
export const highest = computed(() => roles.findLast((r) => Object.values(session.value.roles).includes(r)));

/**
 * Whether what a role may do may be done here.
 * @param {Role} least
 * @param {string} [place] the jurisdiction on the screen unless another is named
 */
export const may = (least, place = jurisdiction.value) => rank(roleIn(place)) >= rank(least);

/** Whether a sign-in is asked for, and who waits for it. */
export const asking = signal(false);
/** @type {((signedIn: boolean) => void)[]} */
let waiting = [];

/** Asks the person to sign in. Holds whether they did. */
export function ask() {
  asking.value = true;
  return new Promise((/** @type {(signedIn: boolean) => void} */ resolve) => { waiting.push(resolve); });
}

/** @param {boolean} signedIn */
function answer(signedIn) {
  asking.value = false;
  const list = waiting;
  waiting = [];
  for (const resolve of list) resolve(signedIn);
}

/** Nobody is signed in any more. */
function forget() {
  session.value = { ...session.value, account: null, roles: {}, via: '' };
}

/** The person would rather not sign in. */
export function decline() {
  forget();
  answer(false);
}

let readAt = 0;

/**
 * Asks the server who this is. The last answer stands while it cannot be reached.
 * @param {Promise<Session | undefined>} [told] an answer that is on its way already
 */
export async function refresh(told) {
  try {
    session.value = await told ?? await get('/api/v1/session');
    readAt = Date.now();
    known.value = true;
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    if (!cause.offline) known.value = true;
  }
}

/**
 * @param {string} name
 * @param {string} password
 */
export async function signIn(name, password) {
  session.value = await send('POST', '/api/v1/session', { name, password });
  readAt = Date.now();
  known.value = true;
  answer(true);
}

/** @param {boolean} [everyDevice] */
export async function signOut(everyDevice = false) {
  await send('DELETE', `/api/v1/session${everyDevice ? '?everywhere=true' : ''}`).catch((cause) => {
    if (!(cause instanceof Problem && cause.status === 401)) throw cause; // it was over already
  });
  // Where the map is for people with an account only, nothing of it may stay behind.
  if (!open.value) location.reload();
  forget();
}

/**
 * Sessions on other devices end with the old password.
 * @param {string} current
 * @param {string} wanted
 */
export const changePassword = (current, wanted) => send('PUT', '/api/v1/session/password', { current, new: wanted });

/**
 * Learns who is here, and follows when that changes elsewhere.
 * @param {Promise<Session | undefined>} [told] an answer that is on its way already
 */
export function startSession(told) {
  // What is on the page stays while the question is open: nothing entered is lost.
  // A visitor who only looks is not asked: where they may not look the page says so.
  whenUnknown((writing) => (writing || !known.peek() || me.peek() || !open.peek() ? ask() : Promise.resolve(false)));
  addEventListener('online', () => refresh());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && Date.now() - readAt > freshness) refresh();
  });
  return refresh(told);
}
