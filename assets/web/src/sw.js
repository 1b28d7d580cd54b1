// Serves the files of the app that were built together with this worker, so that it opens without a signal and never
// mixes two versions. It takes GET of those files and of pages, and never sees anything else: no /api, nothing written.
const version = '__VERSION__'
const files = '__FILES__'
const cache = 'app-' + version
const notPages = /^\/(api|assets|calendars|healthz|metrics|rate|readyz|rsvp|unsubscribe)(\/|$)|\.\w+$/

// All files or no worker. What arrived before a weak signal was lost is not fetched again where its name says what is in it.
self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(cache).then(async (opened) => {
      const keep = async (name) => (name !== '/' && (await opened.match(name))) || opened.add(new Request(name, { cache: 'reload' }))
      const ended = await Promise.allSettled(['/', ...files].map(keep))
      if (ended.some(({ status }) => status === 'rejected')) throw new Error('a file of the app did not arrive')
    }),
  )
})

// A new version waits until no page of the old one is open, or until the person asks for it: the page's own files stay.
self.addEventListener('message', (event) => {
  if (event.data === 'take over') self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== cache).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== 'GET' || address.origin !== location.origin) return
  const name = request.mode === 'navigate' && !notPages.test(address.pathname) ? '/' : address.pathname
  if (name !== '/' && !files.includes(name)) return
  if (name === '/' && request.mode !== 'navigate') return
  event.respondWith(
    caches
      .open(cache)
      .then((opened) => opened.match(name))
      .then((kept) => kept ?? fetch(request)),
  )
})
