// The saved copy of the agenda. Network first: a page that comes within three seconds is shown and saved; otherwise the
// copy, marked with the time when it was saved. Only public pages of the agenda and what they are drawn with are kept.
// The server puts VERSION and LANGUAGES above. A new version fetches again what was kept and takes the old copies away.
"use strict";
const STORE = "rasr-" + VERSION;
const PATIENCE = 3000; // milliseconds
const ROOM = 80; // pages
const LANGUAGE = `(/(?:${LANGUAGES.join("|")}))?`;
const KEPT = new RegExp(`^${LANGUAGE}/editions/[-\\w]+/(?:agenda/|sessions/\\d+/|rooms/\\d+/)$`);
const ANNOUNCED = new RegExp(`^${LANGUAGE}/editions/(?!.*/register/)`);
const PARTS = /(?:href|src)="(\/static\/[^"]+)"/g;
const OTHER_AGENDA = ["at", "release"]; // an address with these is another page than the saved one

const path = function (address) {
  return new URL(address, self.location.origin).pathname;
};
const offlinePage = function (address) {
  const language = ANNOUNCED.exec(path(address));
  return `${(language && language[1]) || ""}/offline/`;
};
const isOurs = function (answer) {
  return answer.ok && answer.type === "basic" && !answer.redirected;
};
const later = function (milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
};

// The page, with the moment when it came and how far the server's clock is ahead of this device's.
const put = async function (store, key, answer) {
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  const date = Date.parse(headers.get("Date") || "") || Date.now();
  headers.set("X-Saved", new Date(date).toISOString());
  headers.set("X-Ahead", String(date - Date.now()));
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  await store.put(key, new Response(text, { status: 200, headers: headers }));
  const parts = Array.from(text.matchAll(PARTS), (found) => found[1]);
  await Promise.allSettled(parts.map(async (part) => (await store.match(part)) || store.add(part)));
};

// What is put again stands last, so the oldest stand first.
const forgetOldest = async function (store) {
  const pages = (await store.keys()).filter((request) => KEPT.test(path(request.url)));
  await Promise.all(pages.slice(0, Math.max(0, pages.length - ROOM)).map((request) => store.delete(request)));
};

const save = async function (address, answer) {
  const store = await caches.open(STORE);
  const key = path(address);
  if (answer.status === 404 || answer.status === 410) {
    await store.delete(key); // no longer public
  }
  if (!isOurs(answer)) {
    return;
  }
  await put(store, key, answer);
  const offline = offlinePage(address);
  if (!(await store.match(offline))) {
    await put(store, offline, await fetch(offline));
  }
  await forgetOldest(store);
};

const savedPage = async function (address) {
  const asked = new URL(address).searchParams;
  if (OTHER_AGENDA.some((name) => asked.has(name))) {
    return null;
  }
  const copy = await (await caches.open(STORE)).match(path(address));
  if (!copy) {
    return null;
  }
  const marks = `<html data-saved="${copy.headers.get("X-Saved")}" data-ahead="${copy.headers.get("X-Ahead")}"`;
  return new Response((await copy.text()).replace("<html", marks), { status: 200, headers: copy.headers });
};

const nothingSaved = async function (address) {
  const store = await caches.open(STORE);
  return (await store.match(offlinePage(address))) || (await store.match("/offline/")) || Response.error();
};

const keptPage = async function (address, network) {
  const first = network.catch(() => null);
  const answer = await Promise.race([first, later(PATIENCE)]);
  if (answer && answer.status < 500) {
    return answer;
  }
  return (await savedPage(address)) || (await first) || nothingSaved(address);
};

const part = async function (address, network) {
  const first = network.catch(() => null);
  const answer = await Promise.race([first, later(PATIENCE)]);
  return answer || (await (await caches.open(STORE)).match(address)) || (await first) || Response.error();
};

// Pages that are open or were kept by the version before, unless they are here.
const keep = async function (addresses) {
  const store = await caches.open(STORE);
  const pages = new Set(addresses.map(path).filter((address) => KEPT.test(address)));
  await Promise.allSettled(
    Array.from(pages, async function (address) {
      if (!(await store.match(address))) {
        await save(address, await fetch(address, { cache: "no-cache", redirect: "manual" }));
      }
    })
  );
};

const former = async function () {
  return (await caches.keys()).filter((name) => name.startsWith("rasr-") && name !== STORE);
};

const begin = async function () {
  await put(await caches.open(STORE), "/offline/", await fetch("/offline/"));
  for (const name of await former()) {
    await keep((await (await caches.open(name)).keys()).map((request) => request.url));
  }
};

const takeOver = async function () {
  await Promise.all((await former()).map((name) => caches.delete(name)));
  await self.clients.claim();
};

self.addEventListener("install", function (event) {
  self.skipWaiting();
  event.waitUntil(begin());
});
self.addEventListener("activate", function (event) {
  event.waitUntil(takeOver());
});
self.addEventListener("message", function (event) {
  event.waitUntil(keep(event.data));
});
self.addEventListener("fetch", function (event) {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate" && KEPT.test(address.pathname)) {
    const network = fetch(request.url, { cache: "no-cache", redirect: "manual" });
    const isWhole = /^(\?stars=1)?$/.test(address.search); // stars are shown by the browser
    const saving = isWhole ? network.then((answer) => save(request.url, answer.clone())) : network;
    event.waitUntil(saving.catch(() => null));
    event.respondWith(keptPage(request.url, network));
  } else if (request.mode === "navigate" && ANNOUNCED.test(address.pathname)) {
    event.respondWith(fetch(request).catch(() => nothingSaved(request.url)));
  } else if (address.pathname.startsWith("/static/") && ["style", "script"].includes(request.destination)) {
    event.respondWith(part(request.url, fetch(request)));
  }
});
