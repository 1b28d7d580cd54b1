import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

type Built = Rolldown.OutputBundle

/**
 * Holds what a phone must fetch before the first of these pages is there to a limit, in bytes of gzipped JavaScript: a
 * build that goes beyond it fails, and says by how much. Pages are named by their source files.
 */
export function firstLoad(pages: string[], limit: number): Plugin {
  return {
    name: 'first-load',
    apply: 'build',
    writeBundle(_, bundle) {
      const size = [...neededFor(pages, bundle)].reduce((sum, name) => sum + sizeOf(bundle, name), 0)
      const said = `first load: ${(size / 1000).toFixed(2)} kB of ${(limit / 1000).toFixed(0)} kB JavaScript, gzipped`
      if (size > limit) this.error(said)
      this.info(said)
    },
  }
}

/** The scripts that are fetched for pages: those that begin the app, those that the pages are in, and what these import. */
function neededFor(pages: string[], bundle: Built): Set<string> {
  const needed = new Set<string>()
  const need = (name: string) => {
    const chunk = bundle[name]
    if (chunk?.type !== 'chunk' || needed.has(name)) return
    needed.add(name)
    chunk.imports.forEach(need)
  }
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  for (const chunk of chunks) if (chunk.isEntry) need(chunk.fileName)
  for (const page of pages) {
    const home = chunks.find((chunk) => chunk.moduleIds.some((id) => id.endsWith(page)))
    if (!home) throw new Error(`no script holds ${page}`)
    need(home.fileName)
  }
  return needed
}

function sizeOf(bundle: Built, name: string): number {
  const chunk = bundle[name]
  return chunk?.type === 'chunk' ? gzipSync(chunk.code, { level: 9 }).length : 0
}
