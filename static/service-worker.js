// The last public pages that somebody read, for when there is no network. While there is one, pages come from it alone.
// Before this stands `PORTAL` (app/web/offline.py): which pages may be kept, the files of every page, the words.
// Nothing of people who are signed in is ever kept, and what is kept goes when somebody signs in or out.
const PAGES = "pages";
const FILES = "files";
const MOST_PAGES = 20;
const MOST_FILES = 40;
const KEPT = new RegExp(PORTAL.kept);
const COMING_AND_GOING = /^\/(sign-in|sign-out|welcome|account)(\/|$)/;
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const isPrivate = (answer) => /private|no-store/.test(answer.headers.get("Cache-Control") ?? "");
const forget = () => caches.delete(PAGES);

async function trim(name, most) {
  const cache = await caches.open(name);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

async function store(name, url, answer, most) {
  const headers = new Headers(answer.headers);
  // The body is unpacked by now, and one copy of a page is enough, in whichever language it was read last.
  for (const one of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(one);
  headers.set("X-Read", new Date().toISOString());
  const body = await answer.blob();
  const cache = await caches.open(name);
  // What is put in anew moves to the end; the first is the one that was not read for longest.
  await cache.delete(url);
  await cache.put(url, new Response(body, { headers }));
  await trim(name, most);
}

// A page as it came from the network: kept if everybody gets it like this; a page of somebody's own ends all keeping.
async function look(url, answer) {
  if (answer.headers.get("Cache-Control")?.includes("private")) return forget();
  // What is gone, or hidden since, does not stay here either.
  if (answer.status >= 400 && answer.status < 500) await (await caches.open(PAGES)).delete(url);
  const isPage = answer.ok && answer.type === "basic" && !answer.redirected && answer.headers.get("Content-Type")?.startsWith("text/html");
  if (isPage && !isPrivate(answer) && KEPT.test(new URL(url).pathname)) await store(PAGES, url, answer, MOST_PAGES);
}

const moment = (answer) => new Date(answer.headers.get("X-Read"));
const said = (date, language) => new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(date);
const wordsIn = (language) => PORTAL.words[language] ?? Object.values(PORTAL.words)[0];

// A kept page, which says that it is one.
async function asRead(answer) {
  const language = answer.headers.get("Content-Language");
  const note = `<div class="wrap offline-note"><div class="notice notice-warning" role="status" data-offline><p>${escaped(wordsIn(language).note.replace("%(moment)s", said(moment(answer), language)))}</p></div></div>`;
  // Behind the header, before anything that may be out of date.
  const page = (await answer.text()).replace("</header>", () => `</header>${note}`);
  return new Response(page, { headers: answer.headers });
}

// The page for what was never read: what to do, and what can be read meanwhile.
async function offline() {
  const pages = await caches.open(PAGES);
  const read = await Promise.all((await pages.keys()).map(async (key) => [key.url, await pages.match(key)]));
  read.reverse();
  const asked = read[0]?.[1].headers.get("Content-Language") ?? navigator.language.split("-")[0];
  const language = asked in PORTAL.words ? asked : Object.keys(PORTAL.words)[0];
  const files = await caches.open(FILES);
  const page = await files.match(`/offline?lang=${language}`);
  if (!page) return Response.error();
  const entries = await Promise.all(read.map(async ([url, answer]) => {
    // The title is escaped already, as it stood in the page.
    const title = /<title>([^<]*)<\/title>/.exec(await answer.text())?.[1] ?? escaped(url);
    return `<li><a href="${escaped(url)}">${title}</a> <small>${escaped(said(moment(answer), language))}</small></li>`;
  }));
  const list = entries.length ? `<h2>${escaped(wordsIn(language).read)}</h2><ul class="links">${entries.join("")}</ul>` : "";
  const text = (await page.text()).replace("<div data-kept></div>", () => list);
  return new Response(text, { status: 503, headers: page.headers });
}

async function page(event) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(look(event.request.url, answer.clone()));
    return answer;
  } catch {
    const kept = await (await caches.open(PAGES)).match(event.request.url);
    return kept ? asRead(kept) : offline();
  }
}

async function file(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(store(FILES, event.request.url, answer.clone(), MOST_FILES));
    return answer;
  } catch {
    return (await (await caches.open(FILES)).match(event.request.url)) ?? Response.error();
  }
}

addEventListener("install", (event) => {
  const get = async (url) => store(FILES, url, await fetch(url, { credentials: "omit" }), MOST_FILES);
  event.waitUntil(Promise.all(PORTAL.files.map(get)).then(() => skipWaiting()));
});

// The page that brought the worker was read before there was one.
addEventListener("activate", (event) => {
  const readNow = async (client) => look(client.url, await fetch(client.url)).catch(() => {});
  event.waitUntil(clients.claim().then(() => clients.matchAll({ type: "window" })).then((all) => Promise.all(all.map(readNow))));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (COMING_AND_GOING.test(pathname)) event.waitUntil(forget());
    if (request.method === "GET") event.respondWith(page(event));
  } else if (request.method === "GET" && (pathname.startsWith("/static/") || pathname === "/theme.css")) {
    event.respondWith(file(event));
  }
});
