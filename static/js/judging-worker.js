// Keeps the judge's own pages for when the line is lost. Network first; the copy only when there is no network.
const STORE = "judging-pages";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isPage = (url) => url.pathname === "/judging/" || /^\/judging\/sheets\/\d+$/.test(url.pathname);

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const page = event.request.mode === "navigate" && isPage(url);
  if (!page && !url.pathname.startsWith("/static/")) return;
  event.respondWith(
    (async () => {
      const store = await caches.open(STORE);
      try {
        const answer = await fetch(event.request);
        if (answer.ok && !answer.redirected) store.put(event.request, answer.clone());
        return answer;
      } catch (error) {
        const kept = await store.match(event.request, { ignoreVary: true });
        if (kept) return kept;
        throw error;
      }
    })(),
  );
});

self.addEventListener("message", (event) => {
  // another person on the same device never sees the first one's copies
  event.waitUntil(
    (async () => {
      let store = await caches.open(STORE);
      const owner = await (await store.match("/judging/owner"))?.text();
      if (owner !== event.data.person) {
        await caches.delete(STORE);
        store = await caches.open(STORE);
        await store.put("/judging/owner", new Response(event.data.person));
      }
      for (const href of event.data.keep || []) {
        // a visit renews its own copy; fetching all of them again at every page would cost the hall's line and the server dearly
        if (await store.match(href, { ignoreVary: true })) continue;
        const answer = await fetch(href, { credentials: "same-origin" }).catch(() => null);
        if (answer?.ok && !answer.redirected) await store.put(href, answer);
      }
    })(),
  );
});
